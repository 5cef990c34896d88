// The charts of the agents' report: time in each state, talk time, results.
import type { TFunction } from 'i18next';
import type { EChartsCoreOption } from 'echarts/core';
import type { AgentReportRow, AgentStateKind, CallResult } from '../../api/types';
import { count, duration } from '../../base/format';
import { AGENT_STATE_COLOUR, RESULT_COLOUR } from '../../theme';

/** The states of a shift in the order of the stack. */
export const SHIFT_STATES = [
  'talking',
  'hold',
  'wrap_up',
  'ready',
  'previewing',
  'ringing',
  'paused',
  'unreachable',
] as const satisfies AgentStateKind[];

const ROWS_SHOWN = 25;
const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 60 * MS_PER_MINUTE;

function agentAxis(rows: AgentReportRow[]): EChartsCoreOption {
  return {
    type: 'category',
    data: rows.map((row) => row.agent_name),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: '#cfd6df' } },
    axisLabel: {
      color: '#55616f',
      interval: 0,
      fontSize: rows.length > 15 ? 11 : 12,
      rotate: rows.length > 10 ? 50 : 0,
    },
  };
}

/** With very many agents the chart shows the first and can be scrolled. */
function zoom(rows: AgentReportRow[]): EChartsCoreOption {
  if (rows.length <= ROWS_SHOWN) return {};
  return {
    dataZoom: [{ type: 'slider', startValue: 0, endValue: ROWS_SHOWN - 1, height: 16, bottom: 4 }],
  };
}

/** The unit in which the longest of these times reads well. */
function unitOf(times: number[], t: TFunction): { ms: number; name: string } {
  const longest = Math.max(0, ...times);
  return longest < 2 * MS_PER_HOUR
    ? { ms: MS_PER_MINUTE, name: t('common.minutes') }
    : { ms: MS_PER_HOUR, name: t('common.hours') };
}

/** Stacked bars: time in each state, one bar per agent. */
export function stateTimeOption(rows: AgentReportRow[], t: TFunction): EChartsCoreOption {
  const unit = unitOf(
    rows.map((row) => row.states.logged_in_ms),
    t,
  );
  return {
    animation: false,
    grid: {
      left: 8,
      right: 8,
      top: 36,
      bottom: rows.length > ROWS_SHOWN ? 28 : 4,
      containLabel: true,
    },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: '#55616f' } },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      valueFormatter: (value: number) => duration(value * unit.ms),
    },
    xAxis: agentAxis(rows),
    yAxis: {
      type: 'value',
      axisLabel: { color: '#55616f', formatter: `{value} ${unit.name}` },
      splitLine: { lineStyle: { color: '#edf0f4' } },
    },
    series: SHIFT_STATES.map((state) => ({
      name: t(`agentState.${state}`),
      type: 'bar',
      stack: 'shift',
      barMaxWidth: 34,
      itemStyle: { color: AGENT_STATE_COLOUR[state] },
      data: rows.map((row) => row.states[`${state}_ms`] / unit.ms),
    })),
    ...zoom(rows),
  };
}

/** Bars: talk time per agent, most first. */
export function talkTimeOption(rows: AgentReportRow[], t: TFunction): EChartsCoreOption {
  const sorted = [...rows].sort((a, b) => b.talk_ms - a.talk_ms);
  const unit = unitOf(
    rows.map((row) => row.talk_ms),
    t,
  );
  return {
    animation: false,
    grid: {
      left: 8,
      right: 8,
      top: 12,
      bottom: rows.length > ROWS_SHOWN ? 28 : 4,
      containLabel: true,
    },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      valueFormatter: (value: number) => duration(value * unit.ms),
    },
    xAxis: agentAxis(sorted),
    yAxis: {
      type: 'value',
      axisLabel: { color: '#55616f', formatter: `{value} ${unit.name}` },
      splitLine: { lineStyle: { color: '#edf0f4' } },
    },
    series: [
      {
        name: t('reports.talk'),
        type: 'bar',
        barMaxWidth: 34,
        itemStyle: { color: AGENT_STATE_COLOUR.talking, borderRadius: [3, 3, 0, 0] },
        data: sorted.map((row) => row.talk_ms / unit.ms),
      },
    ],
    ...zoom(rows),
  };
}

/** A ring: how the attempts ended. */
export function resultOption(byResult: Record<string, number>, t: TFunction): EChartsCoreOption {
  const results = (Object.keys(RESULT_COLOUR) as CallResult[]).filter(
    (result) => (byResult[result] ?? 0) > 0,
  );
  const total = results.reduce((sum, result) => sum + (byResult[result] ?? 0), 0);
  return {
    animation: false,
    tooltip: { trigger: 'item' },
    legend: {
      type: 'scroll',
      orient: 'vertical',
      right: 0,
      top: 'middle',
      itemWidth: 12,
      itemHeight: 12,
      textStyle: { color: '#1b2430' },
      formatter: (name: string) => {
        const result = results.find((each) => t(`result.${each}`) === name);
        const value = result ? (byResult[result] ?? 0) : 0;
        return `${name}  ${count(value)}  ${((value / total) * 100).toFixed(1)}%`;
      },
    },
    series: [
      {
        type: 'pie',
        radius: ['52%', '80%'],
        center: ['27%', '50%'],
        label: { show: false },
        itemStyle: { borderColor: '#fff', borderWidth: 2 },
        data: results.map((result) => ({
          name: t(`result.${result}`),
          value: byResult[result] ?? 0,
          itemStyle: { color: RESULT_COLOUR[result] },
        })),
      },
    ],
  };
}
