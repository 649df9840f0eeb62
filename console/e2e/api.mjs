// The API as a business system uses it, for what a test needs before and behind the browser.

const env = (name, fallback) => {
  const value = process.env[name] ?? fallback
  if (!value) throw new Error(`set ${name}`)
  return value
}

export const SERVER = env('POSTHORN_URL', 'http://127.0.0.1:8080').replace(/\/$/, '')
/** Where the console is, while it is not served by the server itself. */
export const CONSOLE = (process.env.CONSOLE_URL ?? SERVER).replace(/\/$/, '')
export const SIMULATOR = env('SIMULATOR_URL', 'http://127.0.0.1:9090').replace(/\/$/, '')
/** Of a platform admin. */
export const PLATFORM_KEY = env('POSTHORN_API_KEY')

export async function api(query, variables = {}, key = PLATFORM_KEY) {
  const response = await fetch(`${SERVER}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors) throw new Error(`${query}: ${JSON.stringify(errors)}`)
  for (const [name, payload] of Object.entries(data)) {
    if (payload?.userErrors?.length) throw new Error(`${name}: ${JSON.stringify(payload.userErrors)}`)
  }
  return data
}

/** Asks ten times a second until the answer is yes. */
export async function until(what, ask, within = 15_000) {
  const deadline = Date.now() + within
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Waits until each of these messages has ended. */
export async function ended(messageIds, key) {
  const open = new Set(messageIds)
  await until('the messages to end', async () => {
    for (const messageId of open) {
      const { message } = await api(
        'query($messageId: String!) { message(messageId: $messageId) { finishedAt } }',
        { messageId },
        key,
      )
      if (!message.finishedAt) return false
      open.delete(messageId)
    }
    return true
  })
}

/** Whether the server takes this key. */
export const accepted = async (key) => {
  const body = JSON.stringify({ query: '{ viewer { role } }' })
  // With this media type a refusal has a status of its own.
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/graphql-response+json',
    Authorization: `Bearer ${key}`,
  }
  return (await fetch(`${SERVER}/graphql`, { method: 'POST', headers, body })).status !== 401
}

export async function script(body) {
  const response = await fetch(`${SIMULATOR}/script`, { method: 'POST', body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`simulator: ${response.status}`)
}

/** What the simulator received on a path. */
export async function received(path) {
  const query = new URLSearchParams({ path, limit: '10000' })
  const all = await (await fetch(`${SIMULATOR}/received?${query}`)).json()
  return all.items.filter((one) => one.path.startsWith(path))
}

/** A tenant of its own for a run, with an administrator's key. */
export async function makeTenant(name, { prefix = 'e2e', keyName = 'e2e' } = {}) {
  const code = `${prefix}-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`
  const input = { code, name, timezone: 'Asia/Shanghai' }
  const { createTenant } = await api(
    'mutation($input: TenantInput!) { createTenant(input: $input) { tenant { id } userErrors { message } } }',
    { input },
  )
  const { id } = createTenant.tenant
  return { id, code, name, key: await makeKey(id, 'TENANT_ADMIN', keyName) }
}

/** The secret of a new key. */
export async function makeKey(tenantId, role, name = role) {
  const { createApiKey } = await api(
    'mutation($input: ApiKeyInput!) { createApiKey(input: $input) { secret userErrors { message } } }',
    { input: { name, role, tenantId } },
  )
  return createApiKey.secret
}

const SEND =
  'mutation($inputs: [SendMessageInput!]!) { sendMessages(inputs: $inputs) { successCount results { messageId errorMessage } } }'

export async function sendMany(inputs, key) {
  const ids = []
  for (let from = 0; from < inputs.length; from += 1000) {
    const batch = inputs.slice(from, from + 1000)
    const { sendMessages } = await api(SEND, { inputs: batch }, key)
    if (sendMessages.successCount !== batch.length) throw new Error(JSON.stringify(sendMessages.results[0]))
    ids.push(...sendMessages.results.map(({ messageId }) => messageId))
  }
  return ids
}

/** Sets the retry settings for the run; answers how to put them back. */
export async function quickRetries() {
  const { systemSettings } = await api('{ systemSettings { retry { maxCount intervalSeconds } } }')
  const set = (retry) =>
    api('mutation($input: SystemSettingsInput!) { updateSystemSettings(input: $input) { userErrors { message } } }', {
      input: { retry },
    })
  await set({ maxCount: 3, intervalSeconds: 2 })
  return () => set(systemSettings.retry)
}
