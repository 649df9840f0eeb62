import type { MessageRowFragment, StatusEventsSubscription } from '~/gql/graphql'

export type Row = MessageRowFragment
export type Event = StatusEventsSubscription['statusEvents']

export const keyOf = (row: { tenantId: string; messageId: string }) => `${row.tenantId}/${row.messageId}`

/** Ids begin with the time, so this is the server's order. */
const newer = (one: Row, other: Row) => one.id > other.id

/** The row as an event has it. How a message ended is not in the event: it is unknown until it is read. */
export function after(event: Event, row: Row): Row {
  const ending = event.messageStatus === row.status ? {} : { errorCode: null, finishedAt: null }
  return { ...row, ...ending, status: event.messageStatus, updatedAt: event.at, tasks: withTask(row.tasks, event) }
}

export function isNews(event: Event, row: Row): boolean {
  if (event.at !== row.updatedAt) return event.at > row.updatedAt
  const task = row.tasks.find(({ id }) => id === event.taskId)
  return event.messageStatus !== row.status || (event.taskId != null && task?.status !== event.taskStatus)
}

function withTask(tasks: Row['tasks'], { taskId, channelType, taskStatus }: Event): Row['tasks'] {
  if (!taskId || !channelType || !taskStatus) return tasks
  const known = tasks.some(({ id }) => id === taskId)
  if (!known) return [...tasks, { id: taskId, channelType, status: taskStatus }]
  return tasks.map((task) => (task.id === taskId ? { ...task, status: taskStatus } : task))
}

/** Both lists in one, newest first, as each of them is: where the rows that come in belong, and how many are on top. */
export function merged(rows: readonly Row[], fresh: readonly Row[]): { head: Row[]; rest: Row[]; onTop: number } {
  const head: Row[] = []
  let at = 0
  let onTop = 0
  for (const one of fresh) {
    for (let row = rows[at]; row && newer(row, one); row = rows[++at]) head.push(row)
    if (at === 0) onTop++
    head.push(one)
  }
  return { head, rest: rows.slice(at), onTop }
}
