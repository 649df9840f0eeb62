import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { Markdown } from '~/preview/markdown'
import { ProviderPreview } from '~/preview/ProviderPreview'

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

  it('shows WeCom news as articles', () => {
    const articles = [
      { title: 'One', description: 'first', url: 'https://example.com', picurl: 'https://example.com/p' },
    ]
    render(<ProviderPreview channelType="WECHAT_WORK" body={{ msgtype: 'news', news: { articles } }} />)
    expect(screen.getByRole('link', { name: 'One' })).toBeDefined()
    expect(screen.getByText('first')).toBeDefined()
    expect(document.querySelector('img')).toBeNull()
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
})
