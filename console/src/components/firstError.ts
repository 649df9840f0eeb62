/** How a form leads to the first of its fields that is wrong: what is wrong out of sight looks as if nothing had happened. */
export const TO_FIRST_ERROR = { focus: true, block: 'center' } as const
