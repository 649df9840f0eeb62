import { Input } from 'antd'
import { lazy, Suspense } from 'react'

const ZonedDatePicker = lazy(() => import('./ZonedDatePicker'))

export interface TimeFieldProps {
  id?: string
  /** A time as the API has it. */
  value?: string | undefined
  onChange?: (value: string | undefined) => void
  /** In which it is shown and chosen, as times are shown everywhere else; named beside it. */
  zone: string
}

/** A field of a form for a time. */
export function TimeField(props: TimeFieldProps) {
  return (
    <div className="row">
      <Suspense fallback={<Input id={props.id} disabled style={{ flex: 1 }} />}>
        <ZonedDatePicker {...props} />
      </Suspense>
      <span className="muted nowrap">{props.zone}</span>
    </div>
  )
}
