import { screen, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { InboxRowFragment } from '~/gql/graphql'
import { InboxQuery, UnreadQuery } from '~/inbox/documents'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { page, TENANT, viewer } from './samples'

async function inbox(change: Pick<InboxRowFragment, 'messageType' | 'title' | 'body' | 'content'>) {
  session.begin('ph_key', false)
  const message: InboxRowFragment = {
    id: 'inb_1',
    tenantId: TENANT.id,
    messageId: 'order-1',
    businessType: 'ORDER_PAID',
    readAt: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...change,
  }
  viewer(mockApi(), 'VIEWER')
    .on(InboxQuery, () => ({ inbox: page([message]) }))
    .on(UnreadQuery, () => ({ unreadCount: 1 }))
  await open('/inbox?user=u1')
  const item = (await screen.findByText('Unread')).closest('li') as HTMLElement
  const own = within(item)
  const links = own
    .queryAllByRole<HTMLAnchorElement>('link')
    .filter(({ target }) => target === '_blank')
    .map(({ textContent, href, rel }) => [textContent, href, rel])
  return { own, links, text: item.textContent ?? '' }
}

const REL = 'noreferrer noopener'
const times = (text: string, part: string) => text.split(part).length - 1

it('a link is its title once, its text, and a way to its address', async () => {
  const content = { title: 'Order 1', text: 'It was paid.', url: 'https://shop.example/1' }
  const { links, text } = await inbox({
    messageType: 'LINK',
    title: 'Order 1',
    body: 'Order 1\nIt was paid.\nhttps://shop.example/1',
    content,
  })
  expect(links).toEqual([['https://shop.example/1', 'https://shop.example/1', REL]])
  expect(times(text, 'Order 1')).toBe(1)
  expect(times(text, 'It was paid.')).toBe(1)
})

it('a card has its buttons, and none that runs a script', async () => {
  const buttons = [
    { title: 'Open', url: 'https://shop.example/1' },
    { title: 'Trap', url: 'javascript:alert(1)' },
  ]
  const { own, links, text } = await inbox({
    messageType: 'CARD',
    title: 'Stock',
    body: 'Stock\n**Low**\nOpen: https://shop.example/1\nTrap: javascript:alert(1)',
    content: { title: 'Stock', text: '**Low**', buttons },
  })
  expect(own.getByText('Low').tagName).toBe('STRONG')
  expect(links).toEqual([['Open', 'https://shop.example/1', REL]])
  expect(text).not.toContain('https://')
  own.getByText('Trap')
})

it.each([
  ['FEED', { links: [{ title: 'One', url: 'https://a.example/', imageUrl: 'https://a.example/p.png' }] }],
  [
    'NEWS',
    {
      articles: [
        { title: 'One', description: 'First', url: 'https://a.example/', imageUrl: 'https://a.example/p.png' },
      ],
    },
  ],
] as const)('a %s is a list of articles whose pictures are named', async (messageType, content) => {
  const { links, text } = await inbox({ messageType, title: null, body: 'One https://a.example/', content })
  expect(links).toEqual([['One', 'https://a.example/', REL]])
  expect(times(text, 'One')).toBe(1)
  expect(text).toContain('▣ https://a.example/p.png')
})

it('a picture is named, and to be opened', async () => {
  const url = 'https://a.example/stock/plan.png?size=2'
  const { links, text } = await inbox({ messageType: 'IMAGE', title: null, body: url, content: { url } })
  expect(links).toEqual([[url, url, REL]])
  expect(text).toContain('▣ plan.png')
  expect(document.querySelector('.inbox img')).toBeNull()
})

it('a picture without an address is at least said to be one', async () => {
  const { text } = await inbox({ messageType: 'IMAGE', title: null, body: '', content: { base64: 'iVBORw0K' } })
  expect(text).toContain('▣ image')
})

it('a file is called by its name', async () => {
  const url = 'https://a.example/r.pdf'
  const content = { name: 'report.pdf', url }
  const { links } = await inbox({ messageType: 'FILE', title: null, body: `report.pdf ${url}`, content })
  expect(links).toEqual([['report.pdf', url, REL]])
})

it('what is not understood is shown as the text that it has', async () => {
  const { own } = await inbox({ messageType: 'NEWS', title: null, body: 'One https://a.example/', content: {} })
  own.getByText('One https://a.example/')
})
