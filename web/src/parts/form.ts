// Forms and the server's opinion of them: messages for single fields go to the
// fields, whatever their depth.
import type { FormInstance } from 'antd';
import { asProblem } from '../api/problem';

/** Shows the problem's messages at their fields. */
export function showFieldProblems(form: FormInstance, error: unknown): void {
  form.setFields(
    asProblem(error).fields.map(({ field, message }) => ({
      name: field.split('.'),
      errors: [message],
    })),
  );
}
