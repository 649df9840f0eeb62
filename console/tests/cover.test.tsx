import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import type { MessageDetailFragment, Role } from '~/gql/graphql'
import { covered, coverOf } from '~/message/cover'
import { MessageById } from '~/message/documents'
import { ProviderPreview } from '~/preview/ProviderPreview'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { detail, viewer } from './samples'

const MOBILE = '13800138000'

function addressed(): MessageDetailFragment {
  const message = detail('SUCCESS')
  const [task] = message.tasks
  const [first, second, attempt] = message.timeline
  if (!task || !first || !second || !attempt) throw new Error('no sample')
  return {
    ...message,
    businessData: { text: `call ${MOBILE}.`, phone: Number(MOBILE), to: ['ada@example.com'] },
    attributes: { desk: `@${MOBILE}` },
    tasks: [
      {
        ...task,
        channelType: 'WECHAT_WORK',
        renderedContent: {
          msgtype: 'text',
          text: { content: `Paid @${MOBILE}`, mentioned_mobile_list: [MOBILE] },
        },
        resultMessage: `40001 no user ${MOBILE}`,
        thirdPartyResponse: `{"errmsg":"no user ${MOBILE}"}`,
      },
    ],
    timeline: [
      first,
      second,
      { ...attempt, detail: `WECHAT_WORK: no user ${MOBILE}`, thirdPartyResponse: `{"to":"ada@example.com"}` },
    ],
  }
}

async function shown(role: Role) {
  session.begin('ph_key', false)
  viewer(mockApi(), role).on(MessageById, () => ({ message: addressed() }))
  await open('/messages/msg_1')
  await screen.findByRole('heading', { name: 'ORDER_PAID' })
}

describe('covered recipients', () => {
  it('are read nowhere on the page: not in the preview, the body, the answers or the data', async () => {
    await shown('TENANT_ADMIN')
    await screen.findByText('@138****8000', { selector: '.mention' })
    for (const tab of ['Body as sent', "Provider's answer"]) {
      await userEvent.click(screen.getByRole('tab', { name: tab }))
    }
    expect(document.body.textContent).toContain('no user 138****8000')
    expect(document.body.textContent).not.toContain(MOBILE)
    expect(document.body.textContent).not.toContain('ada@example.com')
    screen.getByText(/are covered in here too/)
  })

  it('are read everywhere once they are revealed', async () => {
    await shown('TENANT_ADMIN')
    await userEvent.click(screen.getByRole('button', { name: 'Reveal' }))
    screen.getByText(`@${MOBILE}`, { selector: '.mention' })
    screen.getByText(/"ada@example.com"/, { selector: 'section.card > div pre' })
    expect(screen.queryByText(/are covered in here too/)).toBeNull()
  })

  it('leave other numbers and words as they are', () => {
    const cover = coverOf(detail('SUCCESS').recipients)
    expect(cover(`order ${MOBILE}1, x${MOBILE}`)).toBe(`order ${MOBILE}1, x${MOBILE}`)
    expect(cover(`手机${MOBILE}，ada@example.com.`)).toBe('手机138****8000，a***@example.com.')
    expect(covered(addressed()).recipients).toEqual(addressed().recipients)
  })

  it('have their names covered within a text too', () => {
    const [one] = detail('SUCCESS').recipients
    if (!one) throw new Error('no sample')
    const cover = coverOf([{ ...one, customerName: '王小明' }])
    expect(cover('王小明，您好')).toBe('王***，您好')
  })
})

it('the stars of a mask are no emphasis', () => {
  const markdown = { title: 'T', text: '**Call** 138****8000 or a***@example.com, 139****9000' }
  render(<ProviderPreview channelType="DINGTALK" body={{ msgtype: 'markdown', markdown }} />)
  expect(document.querySelector('.md')?.textContent).toBe('Call 138****8000 or a***@example.com, 139****9000')
  expect([...document.querySelectorAll('.md strong, .md em')].map(({ textContent }) => textContent)).toEqual(['Call'])
})
