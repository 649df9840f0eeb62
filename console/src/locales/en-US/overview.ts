export const overview = {
  overview: {
    explain: 'What happens now, and what needs a look.',
    live: 'Live, the last five minutes',
    since: 'counted on this page since',
    accepted: 'Accepted',
    succeeded: 'Succeeded',
    failed: 'Failed or partial',
    chart: 'Messages per second: accepted, succeeded, failed or partial. The numbers stand above.',
    failures: 'Latest failures',
    noFailures: 'None. Every message that ended reached all of its channels.',
    underWay: 'Under way',
    nothingUnderWay: 'Nothing is waiting or being sent.',
    all: 'Show all',
    setup: 'What is set up',
    channelsEnabled: 'Channels enabled',
    channelsDisabled: 'Channels disabled',
  },
}
