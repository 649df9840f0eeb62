// What index.html names, compressed; fails above the budget. What a whole first visit loads is measured in e2e/size.test.mjs.
import { readFile, stat } from 'node:fs/promises'

const DIST = new URL('../dist/', import.meta.url)
const BUDGET = 350 * 1024

const html = await readFile(new URL('index.html', DIST), 'utf8')
const named = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1])
const sizes = { br: 0, gz: 0 }
for (const name of named) {
  for (const kind of ['br', 'gz']) {
    const file = await stat(new URL(`${name}.${kind}`, DIST)).catch(() => stat(new URL(name, DIST)))
    sizes[kind] += file.size
  }
}
const inKb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`
console.log(
  `index.html names ${named.length} files, ${inKb(sizes.br)} brotli, ${inKb(sizes.gz)} gzip (budget ${inKb(BUDGET)})`,
)
if (sizes.gz > BUDGET) process.exit(1)
