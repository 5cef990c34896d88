// Regions of a caller ID as texts that a select field holds, and back.
import type { Region } from '../../../api/types';

/** `广东`, `广东/深圳` or `+852`. */
export function textOf(region: Region): string {
  switch (region.kind) {
    case 'province':
      return region.province;
    case 'city':
      return `${region.province}/${region.city}`;
    case 'prefix':
      return region.prefix;
  }
}

/** What a text means; the server says if there is no such place. */
export function regionOf(text: string): Region {
  const plain = text.trim();
  if (plain.startsWith('+')) return { kind: 'prefix', prefix: plain };
  const [province = '', city] = plain.split('/');
  return city === undefined ? { kind: 'province', province } : { kind: 'city', province, city };
}
