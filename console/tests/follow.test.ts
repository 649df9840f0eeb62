import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Follower, follow } from '~/api/follow'
import { hangUp, useConnection } from '~/api/live'
import { NewInboxMessages } from '~/inbox/documents'
import { MessageProgress } from '~/message/documents'
import { StatusEvents } from '~/messages/documents'
import { session } from '~/session/session'

// The real client over a socket that the test plays the server of.
vi.unmock('graphql-ws')

interface Said {
  type: string
  id: string
  payload: { query: string; variables: Record<string, unknown> }
}

class FakeSocket extends EventTarget {
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static all: FakeSocket[] = []
  readyState = 0
  said: Said[] = []
  onopen?: () => void
  onclose?: ((event: CloseEvent) => void) | null
  onerror?: (() => void) | null
  onmessage?: (event: { data: string }) => void

  constructor() {
    super()
    FakeSocket.all.push(this)
  }
  send(text: string) {
    this.said.push(JSON.parse(text) as Said)
  }
  close(code: number) {
    this.drop(code)
  }
  /** The server takes the connection. */
  async accept() {
    this.readyState = 1
    this.onopen?.()
    await settle()
    this.tell({ type: 'connection_ack' })
    await settle()
  }
  drop(code = 1006) {
    if (this.readyState > 1) return
    this.readyState = 3
    this.onclose?.(new CloseEvent('close', { code }))
  }
  tell(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  get subscribed(): Said {
    const found = this.said.filter(({ type }) => type === 'subscribe').at(-1)
    if (!found) throw new Error('nothing is subscribed')
    return found
  }
  event(cursor: string, id?: string) {
    this.tell({ type: 'next', id: this.subscribed.id, payload: { data: { statusEvents: { cursor, id } } } })
  }
  /** An error within the stream, as against one that refuses it. */
  end(code: string) {
    const { id } = this.subscribed
    const errors = [{ message: code, path: ['statusEvents'], extensions: { code } }]
    this.tell({ type: 'next', id, payload: { data: null, errors } })
    this.tell({ type: 'complete', id })
  }
  refuse(code: string) {
    const errors = [{ message: code, extensions: { code } }]
    this.tell({ type: 'error', id: this.subscribed.id, payload: errors })
  }
}

/** Promises that wait for nothing but each other. */
const settle = () => vi.advanceTimersByTimeAsync(0)
const latest = () => FakeSocket.all.at(-1) as FakeSocket

/** Lets the clock run until it is so: a minute at most, which costs no time. */
async function until(done: () => boolean) {
  for (let seconds = 0; !done() && seconds < 60; seconds++) await vi.advanceTimersByTimeAsync(1000)
  expect(done()).toBe(true)
}

async function reconnected() {
  const before = FakeSocket.all.length
  await until(() => FakeSocket.all.length > before)
  await latest().accept()
}

const STATUS = (follower: Follower<unknown>) => follow(StatusEvents, { present: 100 }, follower)
const INBOX = (follower: Follower<unknown>) => follow(NewInboxMessages, { userId: 'u1' }, follower)

async function following(start = STATUS) {
  const next = vi.fn()
  const gap = vi.fn()
  const stop = start({ next, gap })
  await settle()
  await latest().accept()
  return { next, gap, stop }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  session.begin('ph_key', false)
})
afterEach(() => {
  hangUp()
  vi.useRealTimers()
  FakeSocket.all = []
})

describe('a followed subscription', () => {
  it('goes on after the last cursor when the connection is back, and nothing is read anew', async () => {
    const { next, gap } = await following()
    expect(latest().subscribed.payload.variables).toEqual({ present: 100 })
    latest().event('1.1')
    latest().event('1.2')
    latest().drop()
    await reconnected()
    expect(latest().subscribed.payload.variables).toEqual({ present: 100, after: '1.2' })
    expect(next).toHaveBeenCalledTimes(2)
    expect(gap).not.toHaveBeenCalled()
  })

  it('tells a change once, though it comes again with the new connection', async () => {
    const { next } = await following()
    latest().event('1.1', 'evt_a')
    latest().event('1.2', 'evt_b')
    latest().drop()
    await reconnected()
    latest().event('1.2', 'evt_b')
    latest().event('1.3', 'evt_c')
    const ids = next.mock.calls.map(([data]) => (data as { statusEvents: { id: string } }).statusEvents.id)
    expect(ids).toEqual(['evt_a', 'evt_b', 'evt_c'])
  })

  it('comes back with its cursor when it was too slow', async () => {
    const { gap } = await following()
    latest().event('1.7')
    latest().drop(4410)
    await reconnected()
    expect(latest().subscribed.payload.variables).toMatchObject({ after: '1.7' })
    expect(gap).not.toHaveBeenCalled()
  })

  it('takes the cursor that the server tells while nothing happens', async () => {
    const { gap } = await following()
    latest().tell({ type: 'ping', payload: { cursors: { [latest().subscribed.id]: '2.9' } } })
    latest().drop()
    await reconnected()
    expect(latest().subscribed.payload.variables).toMatchObject({ after: '2.9' })
    expect(gap).not.toHaveBeenCalled()
  })

  it('begins anew, and says that there is a gap, when its cursor has expired', async () => {
    const { gap } = await following()
    latest().event('1.1')
    latest().drop()
    await reconnected()
    latest().refuse('CURSOR_EXPIRED')
    await settle()
    expect(latest().subscribed.payload.variables).toEqual({ present: 100 })
    expect(gap).toHaveBeenCalledTimes(1)
  })

  it('says that there is a gap when it had no cursor yet', async () => {
    const { gap } = await following()
    latest().drop()
    await reconnected()
    expect(latest().subscribed.payload.variables).toEqual({ present: 100 })
    expect(gap).toHaveBeenCalledTimes(1)
  })

  it('says so, too, where a subscription has no cursors', async () => {
    const { gap } = await following(INBOX)
    latest().tell({ type: 'ping', payload: { cursors: { [latest().subscribed.id]: '2.9' } } })
    latest().drop()
    await reconnected()
    expect(latest().subscribed.payload.variables).toEqual({ userId: 'u1' })
    expect(gap).toHaveBeenCalledTimes(1)
  })

  it.each(['LAGGED', 'UNAVAILABLE'])('goes on after %s', async (code) => {
    const { gap } = await following()
    latest().event('1.1')
    const { id } = latest().subscribed
    latest().end(code)
    await until(() => latest().subscribed.id !== id)
    expect(latest().subscribed.payload.variables).toMatchObject({ after: '1.1' })
    expect(gap).not.toHaveBeenCalled()
  })

  it('ends where trying again changes nothing', async () => {
    await following()
    latest().refuse('FORBIDDEN')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(latest().said.filter(({ type }) => type === 'subscribe')).toHaveLength(1)
    expect(session.key()).toBe('ph_key')
  })

  it('ends the session when the key was revoked', async () => {
    await following()
    latest().refuse('UNAUTHENTICATED')
    await settle()
    expect(session.key()).toBeUndefined()
    expect(session.ended()).toBe('expired')
  })

  it('notices a connection that has died without a word', async () => {
    await following()
    latest().event('1.1')
    const dead = latest()
    // It pings, and gets no answer.
    await until(() => dead.readyState === 3)
    expect(dead.said.map(({ type }) => type)).toContain('ping')
    await reconnected()
    expect(latest().subscribed.payload.variables).toMatchObject({ after: '1.1' })
  })

  it('asks for nothing once it was stopped', async () => {
    const { stop, next, gap } = await following()
    latest().event('1.1')
    latest().drop()
    stop()
    const count = FakeSocket.all.length
    await vi.advanceTimersByTimeAsync(60_000)
    expect(FakeSocket.all).toHaveLength(count)
    expect(next).toHaveBeenCalledTimes(1)
    expect(gap).not.toHaveBeenCalled()
  })
})

describe('the connection', () => {
  it('is lost from the failure on until it is up again', async () => {
    const { result } = renderHook(() => useConnection())
    expect(result.current).toBe('idle')
    await act(() => following())
    expect(result.current).toBe('up')
    act(() => latest().drop())
    expect(result.current).toBe('lost')
    const before = FakeSocket.all.length
    await act(() => until(() => FakeSocket.all.length > before))
    expect(result.current).toBe('lost')
    await act(() => latest().accept())
    expect(result.current).toBe('up')
  })

  it('is not called lost where nobody watches, or nobody watches any more', async () => {
    const { result } = renderHook(() => useConnection())
    const { stop } = await act(() => following())
    act(() => stop())
    act(() => latest().drop())
    expect(result.current).toBe('idle')
    const second = await act(() => following())
    act(() => latest().drop())
    expect(result.current).toBe('lost')
    act(() => second.stop())
    expect(result.current).toBe('idle')
  })

  it('is lost at once when the network is gone', async () => {
    const { result } = renderHook(() => useConnection())
    await act(() => following())
    act(() => void window.dispatchEvent(new Event('offline')))
    expect(result.current).toBe('lost')
  })
})

it.each([
  ['StatusEvents', StatusEvents],
  ['MessageProgress', MessageProgress],
])('%s asks for the cursor that it goes on after', (_, document) => {
  expect(document.toString()).toMatch(/\bcursor\b/)
  expect(document.toString()).toMatch(/after: \$after/)
})
