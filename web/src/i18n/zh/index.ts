// 中文文本。The Chinese texts: the measure for every other language.
import { calendars } from './calendars';
import { callerIds } from './callerIds';
import { calls } from './calls';
import { campaigns } from './campaigns';
import { campaignTimes } from './campaignTimes';
import { common } from './common';
import { customers } from './customers';
import { desk } from './desk';
import { doNotCall } from './doNotCall';
import { floor } from './floor';
import { imports } from './imports';
import { keptPlaces } from './keptPlaces';
import { people } from './people';
import { phones } from './phones';
import { queues } from './queues';
import { reports } from './reports';
import { retry } from './retry';
import { voicemails } from './voicemails';

export const zh = {
  ...common,
  desk,
  floor,
  campaigns,
  retry,
  campaignTimes,
  queues,
  calendars,
  callerIds,
  keptPlaces,
  voicemails,
  customers,
  doNotCall,
  imports,
  calls,
  reports,
  ...people,
  ...phones,
};
