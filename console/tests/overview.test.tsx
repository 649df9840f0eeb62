import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import type { Role } from '~/gql/graphql'
import { OverviewQuery, StandingQuery } from '~/overview/documents'
import { changeText, percent, points, rate, successRate } from '~/overview/numbers'
import { spanAt } from '~/overview/span'
import { between, LATENCY_STEPS, latencyTick } from '~/overview/steps'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { answerOverview, counts } from './overviewSamples'
import { open } from './render'
import { TENANT, viewer } from './samples'

// Drawing needs a real canvas of text; what is drawn is also a table.
vi.mock('~/overview/Chart', () => ({
  default: ({ label }: { label: string }) => <div role="img" aria-label={label} />,
}))

const NOW = Date.parse('2026-03-01T10:20:30.500Z')

describe('the span of a range', () => {
  it('is whole buckets up to the one under way, beside the same stretch of the range before', () => {
    expect(spanAt('hour', NOW)).toEqual({
      from: '2026-03-01T09:21:00.000Z',
      interval: 'MINUTE',
      beforeFrom: '2026-03-01T08:21:00.000Z',
      beforeTo: '2026-03-01T09:20:30.500Z',
      beforeInterval: 'MINUTE',
    })
    expect(spanAt('week', NOW)).toMatchObject({
      from: '2026-02-22T11:00:00.000Z',
      beforeTo: '2026-02-22T10:20:30.500Z',
    })
  })

  it('never asks for minutes that are no longer kept', () => {
    const { beforeFrom, beforeInterval } = spanAt('day', NOW)
    expect(beforeInterval).toBe('MINUTE')
    expect(NOW - Date.parse(beforeFrom)).toBeLessThanOrEqual(48 * 3_600_000)
  })
})

describe('numbers', () => {
  it('leave skipped and cancelled messages out of the success rate', () => {
    expect(successRate(counts({ succeeded: 6, partiallySucceeded: 1, failed: 3, skipped: 5, cancelled: 5 }))).toBe(0.6)
    expect(successRate(counts({ cancelled: 5 }))).toBeNull()
  })

  it('never say 100 % while something failed', () => {
    expect(percent(1, 'en-US')).toBe('100%')
    expect(percent(0.999999, 'en-US')).toBe('99.99%')
    expect(percent(null, 'en-US')).toBe('–')
  })

  it('say a rate by the unit in which it is at least one', () => {
    expect(rate(7200, 3_600_000)).toEqual({ value: 2, per: 'second' })
    expect(rate(120, 3_600_000)).toEqual({ value: 2, per: 'minute' })
    expect(rate(2, 3_600_000)).toEqual({ value: 2, per: 'hour' })
  })

  it('say a change with its sign, and a great one as a factor', () => {
    expect([0.12, -0.034, 0.001, 13].map((value) => changeText(value, 'en-US'))).toEqual(['+12%', '-3%', '±0%', '×14'])
    expect(points(0.995, 0.99, 'en-US')).toBe('+0.5')
    expect(points(0.5, null, 'en-US')).toBeNull()
  })

  it('keep the marks of the latency axis short', () => {
    expect(between(LATENCY_STEPS, [{ data: [30, null, 2400] }])).toEqual([10, 100, 1000, 10_000])
    expect(between(LATENCY_STEPS, [{ data: [100] }])).toEqual([100, 1000])
    expect(LATENCY_STEPS.slice(2, 10).map(latencyTick)).toEqual([
      '100 ms',
      '1 s',
      '10 s',
      '1 min',
      '10 min',
      '1 h',
      '10 h',
      '24 h',
    ])
  })
})

async function overview(role: Role, path = '/') {
  session.begin('ph_key', false)
  const api = answerOverview(viewer(mockApi(), role))
  const { router } = await open(path)
  await screen.findByRole('heading', { name: 'Overview' })
  return { api, router }
}

describe('the overview', () => {
  it('tells totals beside the range before, and what needs a look', async () => {
    await overview('VIEWER')
    const totals = within(screen.getByRole('region', { name: 'Totals of the range' }))
    await totals.findByText('10')
    totals.getByText('+25% on the hour before')
    totals.getByText('75%')
    totals.getByText('-25 points on the hour before')
    totals.getByText('120 ms')
    const standing = within(screen.getByRole('region', { name: 'At this moment' }))
    await standing.findByText('10,000+')
    await screen.findByRole('link', { name: 'Hook' })
    expect(screen.getByRole('link', { name: 'Message refused' }).getAttribute('href')).toMatch(
      /^\/failed\?code=BAD_MSG/,
    )
    expect(screen.queryByText('All channels failed')).toBeNull()
    await screen.findByText(/Webhook: Message refused · HTTP 400/)
  })

  it('shows a chart as a table to whom would rather read', async () => {
    await overview('VIEWER')
    await screen.findByRole('img', { name: /^Success rate over time/ })
    const [, second] = screen.getAllByRole('button', { name: 'As table' })
    await userEvent.click(second as HTMLElement)
    const table = within(screen.getByRole('region', { name: 'Success rate' }))
    expect(table.getAllByRole('row')[1]?.textContent).toBe('08:0075%')
  })

  it('keeps the range in the address, and asks for it', async () => {
    const { api, router } = await overview('VIEWER', '/?range=day')
    await waitFor(() => expect(api.callsOf(OverviewQuery)).toHaveLength(1))
    expect(api.callsOf(OverviewQuery)[0]?.variables).toMatchObject({
      filter: { tenantId: TENANT.id },
      interval: 'HOUR',
    })
    await userEvent.click(screen.getByText('Last hour'))
    await waitFor(() => expect(router.state.location.search).not.toHaveProperty('range'))
    await waitFor(() => expect(api.callsOf(OverviewQuery)[1]?.variables).toMatchObject({ interval: 'MINUTE' }))
  })

  it('asks for no lanes with the key of a tenant', async () => {
    const { api } = await overview('TENANT_ADMIN')
    await waitFor(() => expect(api.callsOf(StandingQuery)).toHaveLength(1))
    expect(api.callsOf(StandingQuery)[0]?.variables).toEqual({ tenantId: TENANT.id, lanes: false })
    expect(screen.queryByText('Lanes')).toBeNull()
  })

  it('counts what it sees go by for a key that may read no numbers', async () => {
    const { api } = await overview('SENDER')
    screen.getByRole('heading', { name: 'Live, the last five minutes' })
    await screen.findByText(/HTTP 400/)
    expect(api.callsOf(OverviewQuery)).toHaveLength(0)
    expect(api.callsOf(StandingQuery)).toHaveLength(0)
  })
})
