import { describe, expect, it } from 'vitest'
import { type Event, type FeedPage, type FeedSource, MessageFeed, type Row } from '~/messages/feed'
import { row } from './samples'

/** A server that holds rows, newest first, in pages of `size`. */
function server(rows: Row[], size = 10) {
  const asked: (string | undefined)[] = []
  const singles: string[] = []
  const source: FeedSource = {
    page: async (after): Promise<FeedPage> => {
      asked.push(after)
      const from = after === undefined ? 0 : rows.findIndex(({ id }) => id === after) + 1
      const nodes = rows.slice(from, from + size)
      return { nodes, endCursor: nodes.at(-1)?.id ?? null, hasNextPage: from + size < rows.length }
    },
    one: async (id) => {
      singles.push(id)
      return rows.find((one) => one.id === id) ?? null
    },
  }
  return { source, asked, singles }
}

const rows = (count: number) => Array.from({ length: count }, (_, n) => row(count - n))
const ids = (feed: MessageFeed) => feed.state().rows.map(({ id }) => id)

const event = (messageId: string, change: Partial<Event> = {}): Event => ({
  id: 'evt_1',
  cursor: '1.1',
  at: '2026-01-02T00:00:00.000Z',
  messageId,
  tenantId: 'ten_1',
  messageStatus: 'SUCCESS',
  taskId: null,
  channelType: null,
  taskStatus: null,
  ...change,
})

async function started(all: Row[], size?: number) {
  const { source, ...seen } = server(all, size)
  const feed = new MessageFeed(source)
  await feed.start()
  return { feed, ...seen }
}

describe('MessageFeed', () => {
  it('begins with the newest page and grows by older ones to the end', async () => {
    const { feed } = await started(rows(25))
    expect(feed.state()).toMatchObject({ status: 'ready', hasOlder: true })
    await feed.older()
    await feed.older()
    expect(ids(feed)).toEqual(rows(25).map(({ id }) => id))
    expect(feed.state().hasOlder).toBe(false)
  })

  it('does not ask twice for a page that is under way', async () => {
    const { feed, asked } = await started(rows(30))
    await Promise.all([feed.older(), feed.older()])
    expect(asked).toHaveLength(2)
  })

  it('changes a row in place and leaves the others the objects that they were', async () => {
    const { feed } = await started(rows(3))
    const before = feed.state().rows
    feed.apply([event('msg_002', { taskId: 'task_2', channelType: 'WEBHOOK', taskStatus: 'SUCCESS' })])
    const after = feed.state().rows
    expect(after[1]).toMatchObject({ status: 'SUCCESS', tasks: [{ status: 'SUCCESS' }] })
    expect(after[0]).toBe(before[0])
    expect(after[2]).toBe(before[2])
  })

  it('passes over what is older than the row', async () => {
    const { feed } = await started([row(1, { status: 'SUCCESS', updatedAt: '2026-02-01T00:00:00.000Z' })])
    feed.apply([event('msg_001', { messageStatus: 'PROCESSING' })])
    expect(feed.state().rows[0]?.status).toBe('SUCCESS')
  })

  it('puts new rows on top and says how many', async () => {
    const all = rows(5)
    const { feed } = await started(all)
    all.unshift(row(7), row(6))
    expect(feed.apply([event('msg_007')])).toBe(true)
    await feed.refresh()
    expect(ids(feed).slice(0, 3)).toEqual(['msg_007', 'msg_006', 'msg_005'])
    expect(feed.state().prepended).toBe(2)
  })

  it('catches up over several pages until it meets what it has', async () => {
    const all = rows(10)
    const { feed } = await started(all)
    all.unshift(...rows(35).slice(0, 25))
    await feed.refresh()
    expect(ids(feed)).toHaveLength(35)
    expect(new Set(ids(feed)).size).toBe(35)
  })

  it('starts anew when too much was missed', async () => {
    const all = rows(10)
    const { feed } = await started(all)
    all.unshift(...rows(500).slice(0, 490))
    await feed.refresh()
    expect(ids(feed)).toEqual(all.slice(0, 10).map(({ id }) => id))
    expect(feed.state()).toMatchObject({ prepended: 0, hasOlder: true })
  })

  it('reads rows further down singly when they changed', async () => {
    const all = rows(20)
    const { feed, singles } = await started(all)
    await feed.older()
    all[15] = row(5, { status: 'SUCCESS', successChannels: 1, updatedAt: '2026-01-03T00:00:00.000Z' })
    feed.apply([event('msg_005')])
    await feed.refresh()
    expect(singles).toEqual(['msg_005'])
    expect(feed.state().rows[15]).toMatchObject({ successChannels: 1 })
  })

  it('does not say how a message ended once it goes on', async () => {
    const over = { errorCode: 'ALL_CHANNELS_FAILED', finishedAt: '2026-01-01T00:01:00.000Z' }
    const { feed } = await started([row(1, { status: 'FAILED', ...over })])
    feed.apply([event('msg_001', { messageStatus: 'FAILED', at: '2026-01-02T00:00:00.000Z' })])
    expect(feed.state().rows[0]).toMatchObject({ status: 'FAILED', ...over })
    feed.apply([event('msg_001', { messageStatus: 'PROCESSING', at: '2026-01-02T00:00:01.000Z' })])
    expect(feed.state().rows[0]).toMatchObject({ status: 'PROCESSING', errorCode: null, finishedAt: null })
  })

  it('reads every row further down that changed, however many, one refresh after the other', async () => {
    const all = rows(60)
    const { feed, singles } = await started(all)
    for (let page = 0; page < 5; page++) await feed.older()
    const below = all.slice(15, 55)
    for (const { id } of below) {
      const n = all.findIndex((one) => one.id === id)
      all[n] = { ...(all[n] as Row), status: 'SUCCESS', successChannels: 1, updatedAt: '2026-01-02T00:00:00.000Z' }
    }
    feed.apply(below.map(({ id }) => event(id)))
    let refreshes = 0
    for (; feed.isBehind(); refreshes++) await feed.refresh()
    expect(refreshes).toBe(2)
    expect(singles.sort()).toEqual(below.map(({ id }) => id).sort())
    expect(feed.state().rows.filter(({ successChannels }) => successChannels === 1)).toHaveLength(40)
  })

  it('forgets what it is told of a message that it does not show', async () => {
    const { feed, singles } = await started(rows(3))
    feed.apply([event('msg_900')])
    await feed.refresh()
    expect(feed.isBehind()).toBe(false)
    expect(singles).toEqual([])
  })

  it('puts an older message that comes to match where it will be after a reload', async () => {
    const all = rows(8).filter(({ id }) => id !== 'msg_006' && id !== 'msg_004')
    const { feed } = await started(all)
    all.splice(2, 0, row(6))
    all.splice(4, 0, row(4))
    all.unshift(row(9))
    feed.apply([event('msg_006'), event('msg_004'), event('msg_009')])
    await feed.refresh()
    expect(ids(feed)).toEqual(rows(9).map(({ id }) => id))
    // Only what came in on top moves the list.
    expect(feed.state().prepended).toBe(1)
    for (const [index, one] of feed.state().rows.entries()) expect(feed.placeOf(one)).toBe(index)
    feed.apply([event('msg_002', { at: '2026-01-03T00:00:00.000Z' })])
    expect(feed.state().rows[7]).toMatchObject({ id: 'msg_002', status: 'SUCCESS' })
  })

  it('keeps a row that no longer matches, with what became of it', async () => {
    const all = rows(3)
    const changed = row(2, { status: 'SUCCESS', successChannels: 1, updatedAt: '2026-01-02T00:00:00.000Z' })
    const feed = new MessageFeed({ ...server(all).source, one: async () => changed })
    await feed.start()
    all.splice(1, 1)
    feed.apply([event('msg_002')])
    await feed.refresh()
    expect(ids(feed)).toEqual(['msg_003', 'msg_002', 'msg_001'])
    expect(feed.state().rows[1]).toBe(changed)
  })

  it('is not moved by the present state, where it has read the same', async () => {
    const { feed } = await started(rows(2))
    const [newest] = feed.state().rows as [Row]
    const present = event('msg_002', { at: newest.updatedAt, messageStatus: newest.status })
    expect(feed.apply([present])).toBe(false)
    expect(feed.state().rows[0]).toBe(newest)
    expect(feed.apply([{ ...present, messageStatus: 'SUCCESS' }])).toBe(true)
    expect(feed.state().rows[0]).toMatchObject({ status: 'SUCCESS' })
  })

  it('looks again at what changed when a refresh has failed', async () => {
    const all = rows(20)
    let fails = false
    const { source, singles } = server(all)
    const feed = new MessageFeed({
      ...source,
      page: (after) => (fails ? Promise.reject(new Error('away')) : source.page(after)),
    })
    await feed.start()
    await feed.older()
    feed.apply([event('msg_005')])
    fails = true
    await expect(feed.refresh()).rejects.toThrow('away')
    fails = false
    await feed.refresh()
    expect(singles).toEqual(['msg_005'])
  })

  it('after a gap reads what is on display anew, in place', async () => {
    const all = rows(30)
    const { feed } = await started(all)
    await feed.older()
    all[15] = row(15, { status: 'FAILED', updatedAt: '2026-01-03T00:00:00.000Z' })
    all.unshift(row(32), row(31))
    await feed.renew()
    expect(ids(feed)).toEqual(all.slice(0, 20).map(({ id }) => id))
    expect(feed.state().rows[17]).toMatchObject({ id: 'msg_015', status: 'FAILED' })
    expect(feed.state()).toMatchObject({ prepended: 2, hasOlder: true })
    await feed.older()
    expect(ids(feed)).toEqual(all.slice(0, 30).map(({ id }) => id))
  })

  it('drops an older page that was under way when the list was read anew', async () => {
    const all = rows(30)
    const { source } = server(all)
    let release = () => {}
    const feed = new MessageFeed({
      ...source,
      page: async (after) => {
        const page = await source.page(after)
        if (after === 'msg_021') await new Promise<void>((resolve) => (release = resolve))
        return page
      },
    })
    await feed.start()
    const older = feed.older()
    all.unshift(...rows(70).slice(0, 40))
    await feed.renew()
    release()
    await older
    expect(ids(feed)).toEqual(all.slice(0, 10).map(({ id }) => id))
    expect(feed.state().loadingOlder).toBe(false)
  })

  it('says what went wrong, and can begin again', async () => {
    let fails = true
    const { source } = server(rows(3))
    const feed = new MessageFeed({
      ...source,
      page: (after) => (fails ? Promise.reject(new Error('away')) : source.page(after)),
    })
    await feed.start()
    expect(feed.state()).toMatchObject({ status: 'failed', error: new Error('away') })
    fails = false
    await feed.start()
    expect(feed.state()).toMatchObject({ status: 'ready', error: undefined })
  })
})
