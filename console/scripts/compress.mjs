// Writes a .br and a .gz beside every text file of the build, so that the server only has to choose one.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const DIST = new URL('../dist/', import.meta.url).pathname
const TEXT = /\.(js|css|html|svg|json|txt|webmanifest)$/
/** Below this the headers cost more than is saved. */
const WORTH_IT = 1024

const names = await readdir(DIST, { recursive: true })
for (const name of names.filter((name) => TEXT.test(name))) {
  const path = join(DIST, name)
  const plain = await readFile(path)
  if (plain.length < WORTH_IT) continue
  const brotli = brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  })
  await writeFile(`${path}.br`, brotli)
  await writeFile(`${path}.gz`, gzipSync(plain, { level: 9 }))
}
