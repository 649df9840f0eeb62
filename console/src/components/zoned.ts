import dayjs, { type Dayjs } from 'dayjs'
import timezone from 'dayjs/plugin/timezone'
import utc from 'dayjs/plugin/utc'

dayjs.extend(utc)
dayjs.extend(timezone)

/** What a clock in the zone shows at this time; absent now. */
export const wall = (time: string | undefined, zone: string): Dayjs => dayjs(time).tz(zone)

/** The time at which a clock in the zone shows this, whatever zone the given one is in. */
export const instantOf = (shown: Dayjs, zone: string): string =>
  dayjs.tz(shown.format('YYYY-MM-DDTHH:mm:ss'), zone).toISOString()
