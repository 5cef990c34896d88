// Forms and the server's opinion of them: messages for single fields go to the
// fields, whatever their depth.
import type { FormInstance } from 'antd';
import { asProblem } from '../api/problem';

/** The path of a field: `times.windows[2].to` is the field `to` of the third window. */
export function fieldPath(field: string): (string | number)[] {
  const names = field.match(/[^.[\]]+/g) ?? [field];
  return names.map((name) => (/^\d+$/.test(name) ? Number(name) : name));
}

/** Shows the problem's messages at their fields. */
export function showFieldProblems(form: FormInstance, error: unknown): void {
  form.setFields(
    asProblem(error).fields.map(({ field, message }) => ({
      name: fieldPath(field),
      errors: [message],
    })),
  );
}
