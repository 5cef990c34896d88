// The names of roles: the built-in ones in the reader's language, others as
// their makers named them.
import { useTranslation } from 'react-i18next';

const BUILT_IN = ['administrator', 'manager', 'team_lead', 'qa_lead', 'qa', 'agent'] as const;

/** A function from a role's key to its name. */
export function useRoleName(
  roles: { key: string; name: string }[] | undefined,
): (key: string) => string {
  const { t } = useTranslation();
  return (key) => {
    const known = BUILT_IN.find((each) => each === key);
    return known ? t(`roles.${known}`) : (roles?.find((role) => role.key === key)?.name ?? key);
  };
}
