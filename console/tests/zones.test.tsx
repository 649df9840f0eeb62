import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it } from 'vitest'
import { BusinessTypeNamesQuery, ChannelNamesQuery, TemplateNamesQuery } from '~/api/names'
import { ExplainSend, VariablesQuery } from '~/compose/documents'
import { BulkJobsQuery, FailedTasksQuery } from '~/failed/documents'
import type { BulkJobFragment } from '~/gql/graphql'
import { session } from '~/session/session'
import { TenantsDocument, ViewerDocument } from '~/session/viewer'
import { mockApi } from './mockApi'
import { open } from './render'
import { page, TENANT } from './samples'

/** Half an hour off, so that no machine's own zone is the same by chance. */
const FAR = { ...TENANT, id: 'ten_2', code: 'far', name: 'Far', timezone: 'Asia/Kolkata' }
const OWN = Intl.DateTimeFormat().resolvedOptions().timeZone
const AT = '2026-01-01T00:00:00.000Z'

let api: ReturnType<typeof mockApi>
beforeEach(() => {
  session.begin('ph_key', false)
  const viewer = { name: 'Root', role: 'PLATFORM_ADMIN' as const, tenantId: null, tenant: null }
  api = mockApi()
    .on(ViewerDocument, () => ({ viewer }))
    .on(TenantsDocument, () => ({ tenants: [TENANT, FAR] }))
    .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
    .on(ChannelNamesQuery, () => ({ channelConfigs: page([]) }))
    .on(TemplateNamesQuery, () => ({ templates: page([]) }))
    .on(VariablesQuery, () => ({ templates: page([]) }))
})

const job = (id: string, tenantId: string | null): BulkJobFragment => ({
  id,
  kind: 'RETRY',
  status: 'DONE',
  total: 1,
  done: 1,
  skipped: 0,
  ratePerSecond: 50,
  errorMessage: null,
  createdBy: id,
  createdAt: AT,
  finishedAt: AT,
  filter: {
    tenantId,
    errorCode: null,
    channelType: null,
    channelConfigId: null,
    businessType: null,
    failedFrom: AT,
    failedTo: null,
  },
})

function failed(path: string) {
  const task = {
    id: 'task_1',
    messageId: 'order-1',
    channelType: 'WEBHOOK' as const,
    retryCount: 3,
    maxRetry: 3,
    errorCode: 'BAD_MSG',
    resultMessage: 'HTTP 400',
    finishedAt: AT,
    channelConfig: { id: 'chc_1', name: 'Orders' },
  }
  api
    .on(FailedTasksQuery, () => ({ failedTasks: page([task]) }))
    .on(BulkJobsQuery, () => ({ bulkJobs: { nodes: [job('bulk_1', FAR.id), job('bulk_2', null)] } }))
  return open(path)
}

it("over all tenants the failed list and the jobs say in which zone their times are, a tenant's job in the tenant's", async () => {
  await failed('/failed')
  await screen.findByRole('columnheader', { name: `Failed (${OWN})` })
  const [far, all] = screen.getAllByText('Bulk jobs').flatMap((head) => {
    const items = head.closest('section')?.querySelectorAll('li')
    return [...(items ?? [])].map(({ textContent }) => textContent)
  })
  expect(far).toContain('since 2026-01-01 05:30 Asia/Kolkata')
  expect(far).toContain('2026-01-01 05:30:00 Asia/Kolkata')
  expect(all).toContain(OWN)
  // Beside the range that one filters by, too.
  within(document.querySelector('search') as HTMLElement).getByText(OWN)
})

it('where a tenant is chosen its zone needs no name', async () => {
  await failed(`/failed?tenant=${FAR.code}`)
  await screen.findByRole('columnheader', { name: 'Failed' })
  screen.getAllByText('2026-01-01 05:30:00')
  expect(screen.queryByText('Asia/Kolkata')).toBeNull()
})

it('what would be sent later is explained in the zone of the tenant that it is for', async () => {
  const sendAt = '2099-01-01T00:00:00.000Z'
  api.on(ExplainSend, () => ({
    explainSend: {
      accepted: true,
      errorCode: null,
      errorMessage: null,
      verdicts: [],
      tasks: [
        {
          channelType: 'WEBHOOK' as const,
          messageType: 'TEXT' as const,
          renderedContent: null,
          sendAt,
          channelConfig: { id: 'chc_1', name: 'Orders', tenantId: FAR.id },
          template: null,
          recipients: [],
        },
      ],
    },
  }))
  await open('/compose')
  await screen.findByRole('heading', { name: 'Compose' })
  // The other one is in the bar above the page.
  await userEvent.click(screen.getAllByLabelText('Tenant').at(-1) as HTMLElement)
  await userEvent.click(await screen.findByText('Far (far)', { selector: '.ant-select-item-option-content' }))
  await userEvent.type(screen.getByLabelText('Business type'), 'A')
  await userEvent.click(screen.getByRole('button', { name: 'Explain first' }))
  await screen.findByText('2099-01-01 05:30:00')
  screen.getAllByText('Asia/Kolkata')
})
