export const edits = {
  edits: {
    leave: 'Leave without saving?',
    leaveExplain: 'What you changed here is not saved and would be lost.',
    leaveAnyway: 'Leave and lose it',
    stay: 'Stay here',
    changed: 'This was changed elsewhere meanwhile',
    changedExplain:
      'Your edits are still here. Saving puts all that stands here in the place of that change; loading drops your edits and shows it.',
    load: 'Load the newer one',
    deleted: 'This was deleted elsewhere meanwhile',
    deletedExplain: 'Your edits are still here, but they can no longer be saved: copy what you need.',
    lookFirst: 'Not saved: somebody else has changed this meanwhile. See the notice at the top, then save again.',
  },
}
