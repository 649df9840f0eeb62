/** What clients say themselves, in the previews. */
export const preview = {
  preview: {
    robot: 'Robot',
    app: 'Posthorn',
    tag: 'Bot',
    everyone: 'Everyone',
    open: 'View details',
    from: 'From',
    to: 'To',
    subject: 'Subject',
    noSubject: '(no subject)',
    mail: 'The mail itself',
    now: 'now',
  },
}
