// The end of a list that is fetched page by page: how many, and the next page.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';

interface Props {
  shown: number;
  total?: number | null | undefined;
  hasMore: boolean;
  loading: boolean;
  onMore: () => unknown;
}

/** "12 of 300" and the button for more. */
export function MoreButton({ shown, total, hasMore, loading, onMore }: Props) {
  const { t } = useTranslation();
  return (
    <div className="line" style={{ justifyContent: 'center', marginTop: 12 }}>
      <span className="quiet figure">
        {total == null ? t('common.shown', { count: shown }) : t('common.total', { count: total })}
      </span>
      {hasMore && (
        <Button loading={loading} onClick={() => void onMore()}>
          {t('common.loadMore')}
        </Button>
      )}
    </div>
  );
}
