// The look of the console in one place: the library's tokens and the colours
// that carry a meaning (agent states, call states, call results).
import type { ThemeConfig } from 'antd';
import type { AgentStateKind, CallResult, CallStateKind, MonitorMode, SpanKind } from './api/types';

export const FONT =
  'system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Zen Hei",sans-serif';

export const theme: ThemeConfig = {
  token: {
    colorPrimary: '#2457c5',
    colorInfo: '#2457c5',
    colorSuccess: '#1f9254',
    colorWarning: '#c77700',
    colorError: '#c93a3a',
    colorBgLayout: '#f3f5f8',
    colorTextBase: '#1b2430',
    colorBorderSecondary: '#e5e9ef',
    borderRadius: 6,
    fontFamily: FONT,
    fontSize: 14,
  },
  components: {
    Layout: {
      siderBg: '#13233d',
      triggerBg: '#0f1c33',
      headerBg: '#ffffff',
      headerHeight: 52,
      headerPadding: '0 20px',
    },
    Menu: {
      darkItemBg: '#13233d',
      darkSubMenuItemBg: '#13233d',
      darkItemSelectedBg: '#2457c5',
      darkItemColor: '#b9c5d8',
      itemHeight: 38,
    },
    Card: { headerHeight: 44, bodyPadding: 16, headerPadding: 16 },
    Table: { headerBg: '#f7f9fb', headerColor: '#55616f', cellPaddingBlockMD: 9 },
    Statistic: { contentFontSize: 22 },
  },
};

/** One colour per agent state, on every page and in every chart. */
export const AGENT_STATE_COLOUR: Record<AgentStateKind, string> = {
  logged_out: '#98a3b3',
  ready: '#1f9254',
  previewing: '#a3418c',
  ringing: '#d99a00',
  talking: '#2457c5',
  hold: '#7a52c7',
  wrap_up: '#0f8f9e',
  paused: '#d0681d',
  unreachable: '#c93a3a',
};

export const CALL_STATE_COLOUR: Record<CallStateKind | SpanKind, string> = {
  dialling: '#98a3b3',
  ringing: '#d99a00',
  waiting: '#c93a3a',
  queued: '#d9683a',
  connecting: '#0f8f9e',
  talking: '#2457c5',
  held: '#7a52c7',
  transferring: '#b0620a',
  consulting: '#7a52c7',
  aside: '#4a6fd0',
  conference: '#0f8f9e',
  outside: '#5c6b80',
  voicemail: '#0f8f9e',
  ending: '#98a3b3',
};

export const RESULT_COLOUR: Record<CallResult, string> = {
  answered: '#1f9254',
  no_answer: '#98a3b3',
  busy: '#d99a00',
  rejected: '#d0681d',
  invalid_number: '#8a5a44',
  out_of_service: '#a07a5f',
  switched_off: '#6f7d8f',
  unreachable: '#5c6b80',
  machine: '#7a52c7',
  dropped: '#c93a3a',
  abandoned_early: '#e07a8b',
  failed: '#8f1f2f',
  cancelled: '#b9c2cd',
  abandoned: '#e07a8b',
  overflowed: '#7a52c7',
  turned_away: '#d0681d',
  out_of_hours: '#a07a5f',
  callback_kept: '#2f7d9d',
  voicemail: '#0f8f9e',
};

/** What an agent must not overlook during a call. */
export const FLAG_COLOUR = { muted: '#c93a3a', recordingPaused: '#b0620a' };

/** How a supervisor takes part: the more they are heard, the warmer. */
export const MONITOR_COLOUR: Record<MonitorMode, string> = {
  listen: '#2457c5',
  whisper: '#b0620a',
  barge: '#c93a3a',
};

/** The colours of a coloured label: its text darkened so that it can be read. */
export function tint(colour: string): { color: string; background: string; borderColor: string } {
  return {
    color: `color-mix(in srgb, ${colour} 72%, #0f1726)`,
    background: `${colour}14`,
    borderColor: `${colour}40`,
  };
}
