import type { MessageRowFragment, StatusEventsSubscription } from '~/gql/graphql'

export type Row = MessageRowFragment
export type Event = StatusEventsSubscription['statusEvents']

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
/** Rows further down that changed are read one by one, so many in one refresh. */
const SINGLE_READS = 20

const keyOf = (row: { tenantId: string; messageId: string }) => `${row.tenantId}/${row.messageId}`

/**
 * The messages list as it grows at both ends: older pages below, new messages on top, and changes in place.
 * Rows never change places, whatever happens to them.
 */
export class MessageFeed {
  #source: FeedSource
  #order: string[] = []
  #rows = new Map<string, Row>()
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
    try {
      const page = await this.#source.page(this.#endCursor)
      for (const row of page.nodes) this.#append(row)
      this.#endCursor = page.endCursor ?? undefined
      this.#set({ loadingOlder: false, hasOlder: page.hasNextPage, rows: this.#snapshot() })
    } catch (error) {
      this.#set({ loadingOlder: false, error })
    }
  }

  /** What the events say at once; answers whether a refresh would say more. */
  apply(events: readonly Event[]): boolean {
    let changed = false
    for (const event of events) {
      const key = keyOf(event)
      const row = this.#rows.get(key)
      this.#touched.add(key)
      if (!row || !isNews(event, row)) continue
      changed = true
      this.#rows.set(key, {
        ...row,
        status: event.messageStatus,
        updatedAt: event.at,
        tasks: event.taskStatus ? withTask(row.tasks, event) : row.tasks,
      })
    }
    if (changed) this.#set({ rows: this.#snapshot() })
    return this.#touched.size > 0
  }

  /** New rows on top, and fresh copies of those that changed. One at a time. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async #refresh(): Promise<void> {
    if (this.#state.status !== 'ready') return this.start()
    const touched = [...this.#touched]
    this.#touched.clear()
    const read = new Map<string, Row>()
    let page = await this.#source.page(undefined)
    const first = page
    for (let pages = 1; ; pages++) {
      for (const row of page.nodes) read.set(keyOf(row), row)
      const met = page.nodes.some((row) => this.#rows.has(keyOf(row)))
      if (met || !page.hasNextPage) break
      if (pages === CATCH_UP_PAGES) return this.#replace(first)
      page = await this.#source.page(page.endCursor ?? undefined)
    }
    await this.#readSingly(touched.filter((key) => !read.has(key)).slice(-SINGLE_READS), read)
    this.#merge(read)
  }

  async #readSingly(keys: string[], read: Map<string, Row>): Promise<void> {
    const known = keys.map((key) => this.#rows.get(key)).filter((row) => row !== undefined)
    for (const row of await Promise.all(known.map(({ id }) => this.#source.one(id)))) {
      if (row) read.set(keyOf(row), row)
    }
  }

  #merge(read: Map<string, Row>): void {
    const fresh = [...read.keys()].filter((key) => !this.#rows.has(key))
    for (const [key, row] of read) {
      const before = this.#rows.get(key)
      // An event may have told more than what was read a moment earlier.
      if (!before || before.updatedAt <= row.updatedAt) this.#rows.set(key, row)
    }
    this.#order = [...fresh, ...this.#order]
    this.#set({ rows: this.#snapshot(), prepended: this.#state.prepended + fresh.length, error: undefined })
  }

  #replace(page: FeedPage): void {
    this.#order = []
    this.#rows.clear()
    for (const row of page.nodes) this.#append(row)
    this.#endCursor = page.endCursor ?? undefined
    this.#set({ status: 'ready', rows: this.#snapshot(), prepended: 0, hasOlder: page.hasNextPage })
  }

  #append(row: Row): void {
    const key = keyOf(row)
    if (!this.#rows.has(key)) this.#order.push(key)
    this.#rows.set(key, row)
  }

  #snapshot(): Row[] {
    return this.#order.map((key) => this.#rows.get(key) as Row)
  }

  #set(change: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }
}

const isNews = (event: Event, row: Row) => event.at >= row.updatedAt

function withTask(tasks: Row['tasks'], { taskId, channelType, taskStatus }: Event): Row['tasks'] {
  if (!taskId || !channelType || !taskStatus) return tasks
  const known = tasks.some(({ id }) => id === taskId)
  if (!known) return [...tasks, { id: taskId, channelType, status: taskStatus }]
  return tasks.map((task) => (task.id === taskId ? { ...task, status: taskStatus } : task))
}
