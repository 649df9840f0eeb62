// One headless Chromium for the tests and the screenshots.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** CHROMIUM names another browser than the system's. */
function executable() {
  const found = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place))
  if (!found) throw new Error('no Chromium found: install it, or name it in CHROMIUM')
  return found
}

export function launch() {
  return chromium.launch({
    executablePath: executable(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
