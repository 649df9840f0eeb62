import { render, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { Markdown } from '~/preview/markdown'
import { ProviderPreview } from '~/preview/ProviderPreview'

const text = (selector: string) => [...document.querySelectorAll(selector)].map(({ textContent }) => textContent)

describe('ProviderPreview', () => {
  it('shows a DingTalk card with its buttons, its title only as the notice', () => {
    const body = {
      msgtype: 'actionCard',
      actionCard: { title: 'Paid', text: '### Order 1', btns: [{ title: 'Open', actionURL: 'https://example.com/1' }] },
    }
    render(<ProviderPreview channelType="DINGTALK" body={body} />)
    expect(screen.getByText('Order 1')).toBeDefined()
    expect(screen.getByRole('link', { name: 'Open' }).getAttribute('href')).toBe('https://example.com/1')
    expect(screen.getByText(/in lists and notifications: Paid/)).toBeDefined()
  })

  it('shows who speaks in a DingTalk group, when, and whom they call', () => {
    const body = {
      msgtype: 'text',
      text: { content: 'Stock is low @13800138000' },
      at: { atMobiles: ['13800138000', '13900139000'], isAtAll: false },
    }
    render(<ProviderPreview channelType="DINGTALK" body={body} sender="Order robot" at="09:30" />)
    expect(screen.getByText('Order robot')).toBeDefined()
    expect(screen.getByText('Bot')).toBeDefined()
    expect(screen.getByText('09:30')).toBeDefined()
    expect(text('.mention')).toEqual(['@13800138000', '@13900139000'])
    expect(text('.bubble-called .mention')).toEqual(['@13900139000'])
  })

  it('calls everyone in words', () => {
    const body = { msgtype: 'text', text: { content: 'Fire drill', mentioned_list: ['@all'] } }
    render(<ProviderPreview channelType="WECHAT_WORK" body={body} />)
    expect(text('.mention')).toEqual(['@Everyone'])
  })

  it('shows WeCom news as articles', () => {
    const articles = [
      { title: 'One', description: 'first', url: 'https://example.com', picurl: 'https://example.com/p' },
    ]
    render(<ProviderPreview channelType="WECHAT_WORK" body={{ msgtype: 'news', news: { articles } }} />)
    expect(screen.getByRole('link', { name: 'One' })).toBeDefined()
    expect(screen.getByText('first')).toBeDefined()
    expect(document.querySelector('img')).toBeNull()
  })

  it('shows every part of a WeCom card', () => {
    const template_card = {
      card_type: 'text_notice',
      source: { desc: 'Warehouse' },
      main_title: { title: 'Stock report', desc: 'Pudong store' },
      emphasis_content: { title: '128', desc: 'missing' },
      quote_area: { title: 'Lin', quote_text: 'Please look' },
      sub_title_text: 'See the list',
      horizontal_content_list: [{ keyname: 'Inviter', value: 'Ada', url: 'https://example.com/ada' }],
      jump_list: [{ type: 1, title: 'Open', url: 'https://example.com/1' }],
      card_action: { type: 1, url: 'https://example.com/1' },
    }
    render(<ProviderPreview channelType="WECHAT_WORK" body={{ msgtype: 'template_card', template_card }} />)
    const said = within(document.querySelector('.bubble') as HTMLElement)
    for (const part of ['Warehouse', 'Stock report', '128', 'missing', 'Lin', 'Please look', 'Inviter'])
      expect(said.getByText(part)).toBeDefined()
    expect(said.getByText(/Pudong store\s+See the list/)).toBeDefined()
    expect(said.getAllByRole('link').map(({ textContent }) => textContent)).toEqual(['Ada', 'Open'])
  })

  it('shows a mail with its head, and its HTML in a frame that runs nothing', () => {
    const body = { from: 'shop@example.com', to: ['ada@example.com'], subject: 'Paid', html: '<h1>Thank you</h1>' }
    render(<ProviderPreview channelType="EMAIL" body={body} />)
    for (const part of ['shop@example.com', 'ada@example.com', 'Paid']) expect(screen.getByText(part)).toBeDefined()
    const frame = screen.getByTitle('The mail itself')
    expect(frame.getAttribute('sandbox')).toBe('')
    expect(frame.getAttribute('srcdoc')).toBe('<h1>Thank you</h1>')
  })

  it('shows a body that it does not understand as it is', () => {
    render(<ProviderPreview channelType="DINGTALK" body={{ msgtype: 'new-kind' }} />)
    expect(screen.getByText(/new-kind/)).toBeDefined()
  })
})

describe('Markdown', () => {
  it('makes no link of a script and no element of HTML', () => {
    render(<Markdown text={'[x](javascript:alert(1)) <img src=x onerror=alert(1)> **bold**'} />)
    expect(document.querySelector('a, img')).toBeNull()
    expect(screen.getByText('bold').tagName).toBe('STRONG')
  })

  it('counts ordered lists as they were written, and shows rules', () => {
    render(<Markdown text={'1. one\n2. two\n- three\n---'} />)
    expect(text('.md-mark')).toEqual(['1.', '2.', '•'])
    expect(document.querySelector('hr')).not.toBeNull()
  })

  it("has WeCom's three colours and its mentions, and no others", () => {
    render(
      <Markdown text={'<font color="warning">**3** late</font>, <font color="red">red</font>, <@ada> and <@all>'} />,
    )
    expect(text('.md-warning')).toEqual(['3 late'])
    expect(text('[class^="md-"]')).toEqual(['3 late'])
    expect(text('.mention')).toEqual(['@ada', '@Everyone'])
  })
})
