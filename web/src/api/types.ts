// Short names for the server's types. All of them come from the generated
// document (schema.d.ts); nothing about the server is written by hand here.
import type { components } from './schema';

type Schemas = components['schemas'];

export type AgentAction = Schemas['AgentAction'];
export type AgentLiveView = Schemas['AgentLiveView'];
export type AgentReportRow = Schemas['AgentRowView'];
export type AgentReportView = Schemas['AgentsReportView'];
export type AgentStateKind = Schemas['AgentStateKind'];
export type BindingLimit = Schemas['BindingLimit'];
export type CallLiveView = Schemas['CallLiveView'];
export type CallResult = Schemas['CallResult'];
export type CallStateKind = Schemas['CallStateKind'];
export type CallView = Schemas['CallView'];
export type CampaignLiveView = Schemas['CampaignLiveView'];
export type CampaignRequest = Schemas['CampaignRequest'];
export type CampaignState = Schemas['CampaignState'];
export type CampaignView = Schemas['CampaignView'];
export type CustomerView = Schemas['CustomerView'];
export type CustomerItemView = Schemas['CustomerItemView'];
export type DeskCallView = Schemas['DeskCallView'];
export type DeskView = Schemas['DeskView'];
export type DialMode = Schemas['DialMode'];
export type DispositionView = Schemas['DispositionView'];
export type FiguresView = Schemas['FiguresView'];
export type GatewayPatch = Schemas['GatewayPatch'];
export type GatewayRequest = Schemas['GatewayRequest'];
export type GatewayView = Schemas['GatewayView'];
export type ImportMapping = Schemas['Mapping'];
export type ImportStartRequest = Schemas['ImportStartRequest'];
export type ImportState = Schemas['ImportState'];
export type ImportView = Schemas['ImportView'];
export type LiveMessage = Schemas['LiveMessage'];
export type LiveRequest = Schemas['LiveRequest'];
export type MeView = Schemas['MeView'];
export type PacingReport = Schemas['PacingReport'];
export type PhoneMode = Schemas['PhoneMode'];
export type Problem = Schemas['Problem'];
export type ReportRunView = Schemas['ReportRunView'];
export type ReportScheduleRequest = Schemas['ReportScheduleRequest'];
export type ReportScheduleView = Schemas['ReportScheduleView'];
export type SessionView = Schemas['SessionView'];
export type CreateUserRequest = Schemas['UserRequest'];
export type SuggestedMapping = Schemas['SuggestedMapping'];
export type UpdateUserRequest = Schemas['UserPatch'];
export type UserView = Schemas['UserView'];
