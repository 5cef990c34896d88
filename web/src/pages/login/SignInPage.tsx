// The sign-in page.
import { LockOutlined, UserOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useLocation } from 'react-router';
import { signIn, useSession } from '../../api/session';
import { BrandMark } from '../../parts/BrandMark';
import { ProblemAlert } from '../../parts/Problem';
import { paths } from '../../paths';
import { LanguageButton } from '../../shell/HeaderTools';

interface Fields {
  username: string;
  password: string;
}

/** Name and password; then back to where the person wanted to go. */
export default function SignInPage() {
  const { t } = useTranslation();
  const signedIn = useSession((session) => session.me !== null);
  const { state } = useLocation() as { state: { from?: string } | null };
  const attempt = useMutation({
    mutationFn: ({ username, password }: Fields) => signIn(username, password),
  });
  useEffect(() => {
    document.title = `${t('session.signIn')} · Trunkline`;
  }, [t]);

  if (signedIn) return <Navigate to={state?.from ?? paths.home} replace />;
  return (
    <div className="sign-in">
      <div className="box">
        <div className="line" style={{ marginBottom: 4 }}>
          <BrandMark size={34} />
          <span style={{ fontSize: 22, fontWeight: 600 }}>Trunkline</span>
          <span style={{ marginLeft: 'auto' }}>
            <LanguageButton />
          </span>
        </div>
        <p className="quiet">{t('session.slogan')}</p>
        <Form<Fields>
          layout="vertical"
          size="large"
          requiredMark={false}
          onFinish={(values) => attempt.mutate(values)}
        >
          {attempt.error && (
            <div style={{ marginBottom: 16 }}>
              <ProblemAlert error={attempt.error} />
            </div>
          )}
          <Form.Item name="username" rules={[{ required: true, message: t('session.nameNeeded') }]}>
            <Input
              prefix={<UserOutlined />}
              placeholder={t('session.username')}
              aria-label={t('session.username')}
              autoComplete="username"
              autoFocus
            />
          </Form.Item>
          <Form.Item
            name="password"
            rules={[{ required: true, message: t('session.passwordNeeded') }]}
          >
            <Input.Password
              prefix={<LockOutlined />}
              placeholder={t('session.password')}
              aria-label={t('session.password')}
              autoComplete="current-password"
            />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={attempt.isPending}>
            {t('session.signIn')}
          </Button>
        </Form>
      </div>
    </div>
  );
}
