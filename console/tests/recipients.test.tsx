import { readFileSync } from 'node:fs'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Form } from 'antd'
import { buildSchema, type GraphQLInputObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { type ComposeFields, recipientsOf } from '~/compose/fields'
import { RecipientFields } from '~/compose/RecipientFields'
import { texts as english } from '~/locales/en-US'
import { texts as chinese } from '~/locales/zh-CN'

const schema = buildSchema(readFileSync('../schema.graphql', 'utf8'))
const fieldsOf = (name: string) => Object.values((schema.getType(name) as GraphQLInputObjectType).getFields())

describe('recipients', () => {
  it('can be given every field that the schema has', async () => {
    let fields: ComposeFields | undefined
    render(
      <Form<ComposeFields> initialValues={{ recipients: [{ userId: 'u1' }] }} onFinish={(all) => (fields = all)}>
        <RecipientFields />
        <button type="submit">Done</button>
      </Form>,
    )
    expect(screen.queryByLabelText('Recipient 1: Customer no.')).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'More about recipient 1' }))
    const labels = screen.getAllByLabelText(/^Recipient 1: /)
    expect(labels).toHaveLength(fieldsOf('RecipientInput').length)
    await userEvent.type(screen.getByLabelText('Recipient 1: Customer no.'), 'C-1')
    await userEvent.type(screen.getByLabelText('Recipient 1: Tag'), 'gold')
    await userEvent.click(screen.getByRole('button', { name: 'Done' }))
    await waitFor(() =>
      expect(recipientsOf(fields?.recipients ?? [])).toEqual([
        { userId: 'u1', customerNo: 'C-1', customerTag: 'gold' },
      ]),
    )
  })
})

describe.each(['SendMessageInput', 'RecipientInput'] as const)('%s', (name) => {
  it('is explained as the schema explains it, and in Chinese without a gap', () => {
    const fields = fieldsOf(name)
    expect(english.inputs[name]).toEqual(Object.fromEntries(fields.map(({ name, description }) => [name, description])))
    const translated: Record<string, string> = chinese.inputs[name]
    expect(Object.keys(translated).sort()).toEqual(fields.map(({ name }) => name).sort())
    for (const text of Object.values(translated)) expect(text).toMatch(/\p{Script=Han}/u)
  })
})
