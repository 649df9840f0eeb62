import { after, type Event, isNews, keyOf, merged, type Row } from './rows'

export type { Event, Row }

export interface FeedPage {
  nodes: readonly Row[]
  endCursor: string | null
  hasNextPage: boolean
}

/** Where rows come from. */
export interface FeedSource {
  page: (after: string | undefined) => Promise<FeedPage>
  one: (id: string) => Promise<Row | null>
}

export interface FeedState {
  /** Newest first. The array is another one whenever any row changed. */
  rows: readonly Row[]
  /** How many rows have come in on top since the first page: what a scrolled list moves down by. */
  prepended: number
  status: 'loading' | 'ready' | 'failed'
  error: unknown
  loadingOlder: boolean
  hasOlder: boolean
}

/** A burst of new messages is caught up with in so many pages; beyond that the list starts anew. */
const CATCH_UP_PAGES = 10
/** Rows further down that changed are read one by one, so many in one refresh; the others in the next. */
const SINGLE_READS = 20

/**
 * The messages list as it grows at both ends: older pages below, new messages on top, and changes in place. A message
 * that comes to match the filter later than newer ones did goes between them. Rows never change their order.
 */
export class MessageFeed {
  #source: FeedSource
  /** Newest first. Replaced, never changed, so that whoever has it can tell. */
  #rows: readonly Row[] = []
  /** Where a row is: `#places.get(key) - #first` is its index. Neither growing end moves what is there. */
  #places = new Map<string, number>()
  #first = 0
  #endCursor: string | undefined
  #touched = new Set<string>()
  #refreshing: Promise<void> | undefined
  #listeners = new Set<() => void>()
  #state: FeedState = {
    rows: [],
    prepended: 0,
    status: 'loading',
    error: undefined,
    loadingOlder: false,
    hasOlder: false,
  }

  constructor(source: FeedSource) {
    this.#source = source
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  state = () => this.#state

  async start(): Promise<void> {
    this.#set({ status: 'loading', error: undefined })
    try {
      this.#replace(await this.#source.page(undefined))
    } catch (error) {
      this.#set({ status: 'failed', error })
    }
  }

  async older(): Promise<void> {
    const { status, hasOlder, loadingOlder } = this.#state
    if (status !== 'ready' || !hasOlder || loadingOlder) return
    this.#set({ loadingOlder: true, error: undefined })
    const end = this.#endCursor
    try {
      const page = await this.#source.page(end)
      // The list was replaced meanwhile: this page no longer joins on.
      if (this.#endCursor !== end) return
      this.#endCursor = page.endCursor ?? undefined
      this.#set({ loadingOlder: false, hasOlder: page.hasNextPage, rows: this.#append(page.nodes) })
    } catch (error) {
      this.#set({ loadingOlder: false, error })
    }
  }

  /** What the events say at once; answers whether a refresh would say more. */
  apply(events: readonly Event[]): boolean {
    const changes = new Map<number, Row>()
    for (const event of events) {
      const key = keyOf(event)
      const index = this.#indexOf(key)
      const row = index === undefined ? undefined : (changes.get(index) ?? this.#rows[index])
      // What the row says already needs no other look: so a subscription may begin with the present state for nothing.
      if (row && !isNews(event, row)) continue
      this.#touched.add(key)
      if (row && index !== undefined) changes.set(index, after(event, row))
    }
    if (changes.size > 0) this.#set({ rows: this.#withRows(changes) })
    return this.#touched.size > 0
  }

  /** Where a message's row is now. */
  placeOf(row: { tenantId: string; messageId: string }): number | undefined {
    return this.#indexOf(keyOf(row))
  }

  /** New rows, and fresh copies of those that changed. One at a time. Afterwards `isBehind` tells whether some are left. */
  refresh(): Promise<void> {
    return this.#refreshing ?? this.#alone(() => this.#refresh())
  }

  isBehind = () => this.#touched.size > 0

  /**
   * Reads anew what is on display, for when nothing tells what changed meanwhile. What lies further down than that is
   * let go, and comes back by scrolling.
   */
  async renew(): Promise<void> {
    await this.#refreshing?.catch(() => undefined)
    return this.#alone(() => this.#renew())
  }

  #alone(work: () => Promise<void>): Promise<void> {
    const running = work().finally(() => {
      if (this.#refreshing === running) this.#refreshing = undefined
    })
    this.#refreshing = running
    return running
  }

  async #renew(): Promise<void> {
    if (this.#state.status !== 'ready') return this.start()
    const nodes: Row[] = []
    let after: string | undefined
    let page: FeedPage
    let pages = 0
    do {
      page = await this.#source.page(after)
      nodes.push(...page.nodes)
      after = page.endCursor ?? undefined
    } while (page.hasNextPage && nodes.length < this.#rows.length && ++pages < CATCH_UP_PAGES)
    const known = nodes.findIndex((row) => this.#places.has(keyOf(row)))
    const prepended = known < 0 ? 0 : this.#state.prepended + known
    this.#touched.clear()
    this.#replace({ ...page, nodes }, prepended)
  }

  async #refresh(): Promise<void> {
    if (this.#state.status !== 'ready') return this.start()
    const touched = [...this.#touched]
    this.#touched.clear()
    try {
      await this.#catchUp(touched)
    } catch (error) {
      for (const key of touched) this.#touched.add(key)
      throw error
    }
  }

  async #catchUp(touched: string[]): Promise<void> {
    const read = new Map<string, Row>()
    let page = await this.#source.page(undefined)
    const first = page
    for (let pages = 1; ; pages++) {
      for (const row of page.nodes) read.set(keyOf(row), row)
      const met = page.nodes.some((row) => this.#places.has(keyOf(row)))
      if (met || !page.hasNextPage) break
      if (pages === CATCH_UP_PAGES) return this.#replace(first)
      page = await this.#source.page(page.endCursor ?? undefined)
    }
    const unread = touched.filter((key) => !read.has(key) && this.#places.has(key))
    await this.#readSingly(unread.slice(0, SINGLE_READS), read)
    // Before those that were touched meanwhile, so that each has its turn.
    this.#touched = new Set([...unread.slice(SINGLE_READS), ...this.#touched])
    this.#merge(read)
  }

  async #readSingly(keys: string[], read: Map<string, Row>): Promise<void> {
    const known = keys.map((key) => this.#rows[this.#indexOf(key) ?? -1]).filter((row) => row !== undefined)
    for (const row of await Promise.all(known.map(({ id }) => this.#source.one(id)))) {
      if (row) read.set(keyOf(row), row)
    }
  }

  #merge(read: Map<string, Row>): void {
    const fresh: Row[] = []
    const changes = new Map<number, Row>()
    for (const [key, row] of read) {
      const index = this.#indexOf(key)
      if (index === undefined) fresh.push(row)
      // An event may have told more than what was read a moment earlier.
      else if ((this.#rows[index] as Row).updatedAt <= row.updatedAt) changes.set(index, row)
    }
    const { head, rest, onTop } = merged(this.#withRows(changes), fresh)
    this.#first -= fresh.length
    // What lies below the last of them stays where it is.
    for (const [index, row] of head.entries()) this.#places.set(keyOf(row), this.#first + index)
    this.#rows = head.concat(rest)
    this.#set({ rows: this.#rows, prepended: this.#state.prepended + onTop, error: undefined })
  }

  #replace(page: FeedPage, prepended = 0): void {
    this.#rows = []
    this.#places.clear()
    this.#endCursor = page.endCursor ?? undefined
    this.#set({
      status: 'ready',
      rows: this.#append(page.nodes),
      prepended,
      hasOlder: page.hasNextPage,
      loadingOlder: false,
      error: undefined,
    })
  }

  #append(rows: readonly Row[]): readonly Row[] {
    const fresh = rows.filter((row) => !this.#places.has(keyOf(row)))
    const next = this.#first + this.#rows.length
    for (const [index, row] of fresh.entries()) this.#places.set(keyOf(row), next + index)
    this.#rows = this.#rows.concat(fresh)
    return this.#rows
  }

  #withRows(changes: ReadonlyMap<number, Row>): readonly Row[] {
    if (changes.size === 0) return this.#rows
    const rows = this.#rows.slice()
    for (const [index, row] of changes) rows[index] = row
    this.#rows = rows
    return rows
  }

  #indexOf(key: string): number | undefined {
    const place = this.#places.get(key)
    return place === undefined ? undefined : place - this.#first
  }

  #set(change: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }
}
