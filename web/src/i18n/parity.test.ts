// Both languages say the same things: same keys, same placeholders, nothing empty.
import { expect, it } from 'vitest';
import { en } from './en';
import { zh } from './zh';

function flatten(tree: object, prefix = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(tree) as [string, string | object][]) {
    if (typeof value === 'string') texts.set(prefix + key, value);
    else flatten(value, `${prefix}${key}.`).forEach((text, each) => texts.set(each, text));
  }
  return texts;
}

const chinese = flatten(zh);
const english = flatten(en);
const placeholders = (text: string) => (text.match(/{{\w+}}/g) ?? []).sort();

it('has the same keys in both languages', () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
});

it('has the same placeholders, and no empty text', () => {
  for (const [key, text] of chinese) {
    expect(placeholders(english.get(key) ?? ''), key).toEqual(placeholders(text));
    expect(text.trim(), key).not.toBe('');
    expect(english.get(key)?.trim(), key).not.toBe('');
  }
});

it('has no Chinese left in English', () => {
  for (const [key, text] of english) expect(text, key).not.toMatch(/\p{Script=Han}/u);
});
