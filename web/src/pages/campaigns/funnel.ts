// The chart of a campaign's way from leads to conversations.
import type { TFunction } from 'i18next';
import type { EChartsCoreOption } from 'echarts/core';
import type { CampaignView } from '../../api/types';
import { count } from '../../base/format';

/** Horizontal bars: leads, tried, answered, with an agent, dropped. */
export function funnelOption(counts: CampaignView['counts'], t: TFunction): EChartsCoreOption {
  const bars = [
    { name: t('campaigns.leads'), value: counts.leads, colour: '#b9c5d8' },
    { name: t('campaigns.tried'), value: counts.leads - counts.fresh, colour: '#7f9bd9' },
    { name: t('campaigns.answered'), value: counts.answered, colour: '#2457c5' },
    { name: t('campaigns.connected'), value: counts.connected, colour: '#1f9254' },
    { name: t('campaigns.dropped'), value: counts.dropped, colour: '#c93a3a' },
  ];
  return {
    animation: false,
    grid: { left: 8, right: 64, top: 4, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
    xAxis: { type: 'value', show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map((bar) => bar.name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: '#55616f', fontSize: 13 },
    },
    series: [
      {
        type: 'bar',
        barWidth: 16,
        data: bars.map((bar) => ({
          value: bar.value,
          itemStyle: { color: bar.colour, borderRadius: 3 },
        })),
        label: {
          show: true,
          position: 'right',
          color: '#1b2430',
          formatter: ({ value }: { value: number }) => count(value),
        },
      },
    ],
  };
}
