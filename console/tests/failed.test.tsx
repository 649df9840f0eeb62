import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { BusinessTypeNamesQuery, ChannelNamesQuery, TemplateNamesQuery } from '~/api/names'
import {
  BulkJobsQuery,
  CancelBulkJob,
  DiscardTasks,
  FailedTasksQuery,
  PauseBulkJob,
  ResumeBulkJob,
  RetryTasks,
} from '~/failed/documents'
import { failedSearch, toFilter } from '~/failed/search'
import type { BulkJobFragment, FailedTaskFragment, Role } from '~/gql/graphql'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { page, TENANT, viewer } from './samples'

const TASK: FailedTaskFragment = {
  id: 'task_1',
  messageId: 'order-1',
  channelType: 'WEBHOOK',
  retryCount: 3,
  maxRetry: 3,
  errorCode: 'BAD_MSG',
  resultMessage: 'HTTP 400',
  finishedAt: '2026-01-01T00:00:00.000Z',
  channelConfig: { id: 'chc_1', name: 'Orders' },
}

function job(change: Partial<BulkJobFragment> = {}): BulkJobFragment {
  return {
    id: 'bulk_1',
    kind: 'RETRY',
    status: 'RUNNING',
    total: 200,
    done: 90,
    skipped: 10,
    ratePerSecond: 50,
    errorMessage: null,
    createdBy: 'Kim',
    createdAt: '2026-01-01T00:00:00.000Z',
    finishedAt: null,
    filter: {
      tenantId: TENANT.id,
      errorCode: 'BAD_MSG',
      channelType: null,
      channelConfigId: 'chc_1',
      businessType: null,
      failedFrom: null,
      failedTo: null,
    },
    ...change,
  }
}

async function failed(role: Role = 'OPERATOR', { jobs = [] as BulkJobFragment[], path = '/failed' } = {}) {
  session.begin('ph_key', false)
  const api = viewer(mockApi(), role)
    .on(FailedTasksQuery, () => ({ failedTasks: { nodes: [TASK], pageInfo: { hasNextPage: false, endCursor: null } } }))
    .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
    .on(TemplateNamesQuery, () => ({ templates: page([]) }))
    .on(ChannelNamesQuery, () => ({
      channelConfigs: page([
        { id: 'chc_1', name: 'Orders', channelType: 'WEBHOOK' as const, storeId: null, enabled: true },
      ]),
    }))
    .on(BulkJobsQuery, () => ({ bulkJobs: { nodes: jobs } }))
  await open(path)
  await screen.findByText('HTTP 400')
  return api
}

describe('the failed set', () => {
  it('says why each task is in it, and leads to its message', async () => {
    await failed('VIEWER')
    screen.getByText('Message refused')
    expect(screen.getByRole('link', { name: 'order-1' }).getAttribute('href')).toBe('/messages/order-1')
    for (const name of ['Retry all of these', 'Discard all of these']) {
      expect(screen.queryByRole('button', { name }), name).toBeNull()
    }
  })

  it('is filtered by what the address says', async () => {
    const api = await failed('VIEWER', { path: '/failed?code=BAD_MSG&channel=chc_1' })
    expect(api.callsOf(FailedTasksQuery)[0]?.variables).toMatchObject({
      filter: { tenantId: TENANT.id, errorCode: 'BAD_MSG', channelConfigId: 'chc_1' },
    })
    expect(toFilter(v.parse(failedSearch, { code: 'NONSENSE', from: 'yesterday' }), undefined)).toEqual({})
  })

  it('is retried as filtered, at the rate asked for, after saying what that means', async () => {
    const api = await failed('OPERATOR', { path: '/failed?code=BAD_MSG' })
    api.on(RetryTasks, () => ({ retryTasks: { bulkJob: { id: 'bulk_1' }, userErrors: [] } }))
    await userEvent.click(screen.getByRole('button', { name: 'Retry all of these' }))
    const dialog = within(await screen.findByRole('dialog'))
    expect(dialog.queryByText(/delivered twice/)).toBeNull()
    const rate = dialog.getByLabelText('Tasks per second, at most')
    await userEvent.clear(rate)
    await userEvent.type(rate, '7')
    await userEvent.click(dialog.getByRole('button', { name: 'Retry them' }))
    await waitFor(() => expect(api.callsOf(RetryTasks)).toHaveLength(1))
    expect(api.callsOf(RetryTasks)[0]?.variables).toEqual({
      input: { filter: { tenantId: TENANT.id, errorCode: 'BAD_MSG' }, ratePerSecond: 7 },
    })
  })

  it('warns that what is unknown may be delivered twice', async () => {
    await failed()
    await userEvent.click(screen.getByRole('button', { name: 'Retry all of these' }))
    within(await screen.findByRole('dialog')).getByText(/may be delivered twice/)
  })

  it('is discarded only when that was asked for', async () => {
    const api = await failed()
    api.on(DiscardTasks, () => ({
      discardTasks: {
        bulkJob: null,
        userErrors: [{ field: null, message: 'nothing matches', code: 'INVALID' as const }],
      },
    }))
    await userEvent.click(screen.getByRole('button', { name: 'Discard all of these' }))
    const dialog = within(await screen.findByRole('dialog'))
    expect(api.callsOf(DiscardTasks)).toHaveLength(0)
    await userEvent.click(dialog.getByRole('button', { name: 'Discard them' }))
    await screen.findByText('nothing matches')
    expect(screen.queryByRole('dialog')).not.toBeNull()
  })
})

describe('a bulk job', () => {
  it('shows how far it is, what it is about, and can be paused', async () => {
    const api = await failed('OPERATOR', { jobs: [job()] })
    await screen.findByText('At work')
    expect(screen.getByRole('progressbar', { name: 'Retry: 90 of 200' }).getAttribute('aria-valuenow')).toBe('50')
    screen.getByText('Message refused · Orders')
    api.on(PauseBulkJob, () => ({ pauseBulkJob: { bulkJob: { id: 'bulk_1' }, userErrors: [] } }))
    await userEvent.click(screen.getByRole('button', { name: 'Pause' }))
    await waitFor(() => expect(api.callsOf(PauseBulkJob)).toHaveLength(1))
    expect(screen.queryByRole('button', { name: 'Resume' })).toBeNull()
  })

  it('goes on when it is resumed, and says why it could not', async () => {
    const api = await failed('OPERATOR', { jobs: [job({ status: 'PAUSED' })] })
    await screen.findByText('Paused')
    api.on(ResumeBulkJob, () => ({ resumeBulkJob: { bulkJob: null, userErrors: [{ message: 'it has ended' }] } }))
    await userEvent.click(screen.getByRole('button', { name: 'Resume' }))
    await screen.findByText('it has ended')
  })

  it('is stopped for good after a question', async () => {
    const api = await failed('OPERATOR', { jobs: [job()] })
    api.on(CancelBulkJob, () => ({ cancelBulkJob: { bulkJob: { id: 'bulk_1' }, userErrors: [] } }))
    await userEvent.click(await screen.findByRole('button', { name: 'Stop' }))
    expect(api.callsOf(CancelBulkJob)).toHaveLength(0)
    await userEvent.click(within(await screen.findByRole('tooltip')).getByRole('button', { name: 'Stop' }))
    await waitFor(() => expect(api.callsOf(CancelBulkJob)).toHaveLength(1))
  })

  it('is only to be looked at for a viewer, and by anyone once it has ended', async () => {
    await failed('VIEWER', { jobs: [job(), job({ id: 'bulk_2', status: 'DONE', total: null, done: 7, skipped: 0 })] })
    await screen.findByText('7 so far')
    for (const name of ['Pause', 'Resume', 'Stop']) expect(screen.queryByRole('button', { name }), name).toBeNull()
  })
})
