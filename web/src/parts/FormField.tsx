// One field of a form laid out in rows of 24 parts. A form names its fields by
// `const Field = FormField<Request>`, so that none is misspelt.
import { Col, Form } from 'antd';
import type { ReactNode } from 'react';

interface Props<T> {
  name: keyof T & string;
  label: string;
  hint?: ReactNode;
  span?: number;
  optional?: boolean;
  /** Whether the control is a switch. */
  toggle?: boolean;
  /** Kept, and not shown. */
  hidden?: boolean;
  children: ReactNode;
}

/** A control with its label; must be filled in unless optional. */
export function FormField<T>({
  name,
  label,
  hint,
  span = 6,
  optional,
  toggle,
  hidden,
  children,
}: Props<T>) {
  const path: string = name;
  return (
    <Col span={hidden ? 0 : span}>
      <Form.Item
        name={path}
        label={label}
        extra={hint}
        rules={[{ required: !optional }]}
        {...(toggle && { valuePropName: 'checked' })}
      >
        {children}
      </Form.Item>
    </Col>
  );
}
