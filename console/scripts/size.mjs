// What the landing page loads, packed as the server sends it; fails above the budgets. It follows the build's imports, so it
// needs no browser. What whole first visits load is measured in e2e/size.test.mjs.
import { readdir, readFile, stat } from 'node:fs/promises'

const ASSETS = new URL('../dist/assets/', import.meta.url)
/** KB of 1,024 bytes, brotli. */
const BUDGETS = { page: 350, whole: 480 }

const names = await readdir(ASSETS)
const texts = new Map()
const read = async (name) => {
  if (!texts.has(name)) texts.set(name, await readFile(new URL(name, ASSETS), 'utf8'))
  return texts.get(name)
}

const STATIC = /(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g
const DYNAMIC = /import\(["'`]\.\/([^"'`]+\.js)["'`]\)(?:\s*,\s*__vite__mapDeps\(\[([\d,]*)\]\))?/g

/** Files that a chunk needs before it runs, by its static imports, and theirs. */
async function withImports(files, found = new Set()) {
  for (const file of files) {
    if (found.has(file)) continue
    found.add(file)
    if (!file.endsWith('.js')) continue
    const imported = [...(await read(file)).matchAll(STATIC)].map(([, name]) => name)
    await withImports(imported, found)
  }
  return found
}

/** What these fetch later, by `import()`: the chunks that are wanted, and what Vite lists beside each (its styles, too). */
async function later(files, wanted) {
  const found = []
  for (const file of files) {
    if (!file.endsWith('.js')) continue
    const text = await read(file)
    const listed = JSON.parse(/\.f=(\[[^\]]*\])/.exec(text)?.[1] ?? '[]')
    for (const [, name, places] of text.matchAll(DYNAMIC)) {
      if (!wanted.test(name)) continue
      const beside = places ? places.split(',').map((place) => listed[Number(place)].replace('assets/', '')) : []
      found.push(name, ...beside)
    }
  }
  return found
}

async function sizeOf(files, kind) {
  let bytes = 0
  for (const file of files) {
    const packed = names.includes(`${file}.${kind}`) ? `${file}.${kind}` : file
    bytes += (await stat(new URL(packed, ASSETS))).size
  }
  return bytes / 1024
}

const html = await readFile(new URL('../index.html', ASSETS), 'utf8')
const named = [...html.matchAll(/(?:src|href)="\/assets\/([^"]+\.(?:js|css))"/g)].map(([, name]) => name)
// The longer one of the two languages.
const [language] = names.filter((name) => /^zh-CN-.*\.js$/.test(name))
const page = await withImports([...named, language])
// A route's component is a chunk of its own behind the route.
for (let before = 0; before < page.size; ) {
  before = page.size
  await withImports(await later([...page], /^_app(\.index)?-/), page)
}
const drawing = await later([...page], /^Chart-/)
if (drawing.length === 0) throw new Error('nothing of the overview fetches the charts')
const whole = await withImports(drawing, new Set(page))

const kb = (size) => `${size.toFixed(1)} KB`
const sizes = { index: await sizeOf(named, 'br'), page: await sizeOf(page, 'br'), whole: await sizeOf(whole, 'br') }
console.log(`index.html names ${named.length} files: ${kb(sizes.index)}`)
console.log(`the overview needs ${page.size} files: ${kb(sizes.page)} (budget ${BUDGETS.page})`)
console.log(`and then its charts: ${kb(sizes.whole - sizes.page)}, ${kb(sizes.whole)} in all (budget ${BUDGETS.whole})`)
if (sizes.page > BUDGETS.page || sizes.whole > BUDGETS.whole) process.exit(1)
