/**
 * Puts a text into the clipboard and answers whether it is there. Over plain HTTP browsers have no `navigator.clipboard`, and
 * some refuse it elsewhere too; what is left is to copy a selection. The selection is made beside `near`: a dialog keeps
 * the focus within itself.
 */
export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copySelected(text, near)
  }
}

function copySelected(text: string, near: HTMLElement): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.readOnly = true
  area.style.cssText = 'position: fixed; top: 0; left: 0; opacity: 0'
  near.after(area)
  area.focus({ preventScroll: true })
  area.select()
  try {
    return document.execCommand('copy')
  } catch {
    return false
  } finally {
    area.remove()
    near.focus()
  }
}
