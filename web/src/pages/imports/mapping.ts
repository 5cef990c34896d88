// Which column of an uploaded file means what: as the form has it (one role per
// column) and as the API has it (columns per role).
import type { ImportMapping, SuggestedMapping } from '../../api/types';

/** What a column can mean. */
export const ROLES = ['ignore', 'name', 'phone', 'city', 'remark'] as const;
export type Role = (typeof ROLES)[number];

/** One role per column from the server's mapping. */
export function rolesOf(mapping: SuggestedMapping, columns: number): Role[] {
  return Array.from({ length: columns }, (_, index) => {
    if (mapping.phones.includes(index)) return 'phone';
    if (mapping.name === index) return 'name';
    if (mapping.city === index) return 'city';
    if (mapping.remark === index) return 'remark';
    return 'ignore';
  });
}

/** Gives a column a role; all roles but `phone` can be held by one column only. */
export function withRole(roles: Role[], column: number, role: Role): Role[] {
  return roles.map((held, index) => {
    if (index === column) return role;
    return held === role && role !== 'phone' ? 'ignore' : held;
  });
}

/** The mapping for the server; null while the required columns are missing. */
export function mappingOf(roles: Role[]): ImportMapping | null {
  const phones = roles.flatMap((role, index) => (role === 'phone' ? [index] : []));
  const name = roles.indexOf('name');
  if (phones.length === 0 || name < 0) return null;
  const city = roles.indexOf('city');
  const remark = roles.indexOf('remark');
  return {
    name,
    phones,
    ...(city >= 0 && { city }),
    ...(remark >= 0 && { remark }),
  };
}
