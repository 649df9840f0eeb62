import { Copy } from './Copy'

/** A JSON value, readable and copyable. */
export function Json({ value, name }: { value: unknown; name: string }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return (
    <div style={{ position: 'relative' }}>
      <div style={{ position: 'absolute', top: 4, right: 4 }}>
        <Copy text={text} what={name} />
      </div>
      {/* It scrolls, so the keyboard must get into it. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reachable */}
      <section tabIndex={0} aria-label={name}>
        <pre className="code">{text}</pre>
      </section>
    </div>
  )
}
