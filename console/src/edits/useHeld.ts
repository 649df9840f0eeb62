import { useState } from 'react'

/** What an editor knows of the stored thing that it changes. */
export interface Editing<Stored> {
  /** As it is now; null once somebody has deleted it. */
  latest: Stored | null
  /** Somebody has changed or deleted it since the editor began. */
  overtaken: boolean
  onDirty: (dirty: boolean) => void
  /** Begins anew with what is stored now: the edits were saved, or are given up. */
  adopt: () => void
  /**
   * Whether saving replaces nothing but what the reader has seen. The server takes whatever comes last, so all that can be done is to
   * look just before: what is found then is said, and the next time it may be replaced.
   */
  mayReplace: () => Promise<boolean>
}

/**
 * What an editor is to show: what is stored, but while it has edits, what they began with. `stampOf` differs where somebody
 * has changed it.
 */
export function useHeld<Stored>(
  latest: Stored | null,
  stampOf: (stored: Stored) => string | number,
  readAnew: () => Promise<Stored | null>,
): { held: Stored | null; editing: Editing<Stored> } {
  const [begun, setBegun] = useState(latest)
  const [dirty, setDirty] = useState(false)
  const stamp = (one: Stored | null) => one && stampOf(one)
  const overtaken = stamp(latest) !== stamp(begun)
  const keep = overtaken && dirty
  if (overtaken && !dirty) setBegun(latest)
  const editing: Editing<Stored> = {
    latest,
    overtaken: keep,
    onDirty: setDirty,
    adopt: () => setDirty(false),
    mayReplace: async () => stamp(await readAnew()) === stamp(latest),
  }
  return { held: keep ? begun : latest, editing }
}
