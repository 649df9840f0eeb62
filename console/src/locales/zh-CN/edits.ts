import type { edits as english } from '../en-US/edits'

export const edits: typeof english = {
  edits: {
    leave: '不保存就离开？',
    leaveExplain: '此处的修改尚未保存，离开后将丢失。',
    leaveAnyway: '放弃修改并离开',
    stay: '留在此页',
    changed: '此内容刚被他人修改',
    changedExplain: '你的修改仍保留在此。保存会用此处的全部内容覆盖对方的修改；载入新内容则放弃你的修改。',
    load: '载入新内容',
    deleted: '此内容已被他人删除',
    deletedExplain: '你的修改仍保留在此，但已无法保存：如有需要请先复制。',
    lookFirst: '未保存：此内容刚被他人修改。请先查看上方提示，再保存。',
  },
}
