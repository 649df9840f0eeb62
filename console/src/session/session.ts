/**
 * The key that the holder signed in with. It is kept for the tab (sessionStorage), or on this device
 * (localStorage) when asked; nowhere else.
 */
const STORED_AS = 'posthorn.key'

type Listener = () => void

export type SessionEnd = 'signed-out' | 'expired'

class Session {
  #listeners = new Set<Listener>()
  #ended: SessionEnd | undefined

  constructor() {
    // Only other tabs are told: one of them has forgotten the key that was kept on this device.
    window.addEventListener('storage', ({ storageArea, key, oldValue, newValue }) => {
      if (storageArea !== localStorage || key !== STORED_AS || newValue !== null) return
      const own = sessionStorage.getItem(STORED_AS)
      // A tab that was signed in with another key goes on with that.
      if (own === null || own === oldValue) this.#finish('signed-out')
    })
  }

  key(): string | undefined {
    return sessionStorage.getItem(STORED_AS) ?? localStorage.getItem(STORED_AS) ?? undefined
  }

  /** Why there is no key any more. */
  ended(): SessionEnd | undefined {
    return this.#ended
  }

  begin(key: string, remember: boolean): void {
    this.#clear()
    this.#ended = undefined
    // The tab always has it, so that the playground in a tab opened from here has it too.
    sessionStorage.setItem(STORED_AS, key)
    if (remember) localStorage.setItem(STORED_AS, key)
    this.#tell()
  }

  end(): void {
    this.#finish('signed-out')
  }

  /** The server no longer takes the key. */
  expire(): void {
    if (this.key() !== undefined) this.#finish('expired')
  }

  subscribe = (listener: Listener): Listener => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #finish(why: SessionEnd): void {
    this.#clear()
    this.#ended = why
    this.#tell()
  }

  #clear(): void {
    sessionStorage.removeItem(STORED_AS)
    localStorage.removeItem(STORED_AS)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

export const session = new Session()
