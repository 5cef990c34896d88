//! Why a command is not carried out: for people in words, for the API as a code
//! that the console has words for in the reader's language.
//!
//! In: nothing. Out: [`Refusal`], which the floor gives as the answer to a
//! person's command.

use crate::floor::preview::PreviewEnd;

/// Why a command cannot be done. The text is for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such agent on the floor.
    #[error("this user is not an agent: give the user an extension first")]
    NotAnAgent,
    /// The command does not fit the agent's state.
    #[error("not possible while {state}: {hint}")]
    WrongState {
        /// The state's name.
        state: &'static str,
        /// What would be right.
        hint: Hint,
    },
    /// The call ended before the switch had done it.
    #[error("the call has ended")]
    CallEnded,
    /// Another request of the same person is not done yet.
    #[error("the last request is still being carried out; try again in a moment")]
    StillBusy,
    /// The switch did not confirm it in time.
    #[error("the switch did not confirm it within {seconds} s; the call is as it was")]
    NotConfirmed {
        /// The deadline.
        seconds: i64,
    },
    /// The switch said no.
    #[error("the switch refused: {reason}")]
    SwitchRefused {
        /// Its words.
        reason: String,
    },
    /// The other party cannot take part.
    #[error(transparent)]
    Target(#[from] TargetProblem),
    /// The call is not this agent's, or not any more.
    #[error("this call is not in your after-call work any more")]
    NotYourCall,
    /// The lead cannot be dialled or skipped.
    #[error(transparent)]
    Preview(#[from] PreviewProblem),
    /// The switch cannot be reached.
    #[error("the switch cannot be reached; you will be connected as soon as it is back")]
    SwitchDown,
}

impl Refusal {
    /// Its code in the API.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NotAnAgent => "not_an_agent",
            Refusal::WrongState { hint, .. } => hint.code(),
            Refusal::CallEnded => "call_ended",
            Refusal::StillBusy => "still_busy",
            Refusal::NotConfirmed { .. } => "not_confirmed",
            Refusal::SwitchRefused { .. } => "switch_refused",
            Refusal::Target(problem) => problem.code(),
            Refusal::NotYourCall => "not_your_call",
            Refusal::Preview(problem) => problem.code(),
            Refusal::SwitchDown => "switch_down",
        }
    }
}

/// Why a lead that an agent looks at cannot be dialled or skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PreviewProblem {
    /// The agent looks at another, or at none.
    #[error("you are not looking at this lead any more; the desk shows what is next")]
    Over,
    /// It went away at this moment.
    #[error("this lead cannot be dialled now ({}): it went back to the list", .0.as_str())]
    Ended(PreviewEnd),
    /// The campaign lets nobody skip.
    #[error("no lead of this campaign may be skipped: dial it, or pause")]
    MustDial,
    /// So many in a row.
    #[error("you have skipped {most} leads in a row: dial this one, or pause")]
    SkipsUsedUp {
        /// How many may be.
        most: u32,
    },
    /// The lines of the campaign or the trunk are in use.
    #[error("no line is free at this moment; try again")]
    NoLine,
    /// Nothing is dialled that cannot be recorded.
    #[error("calls cannot be recorded at this moment; try again")]
    StoreLagging,
    /// Nothing can be dialled.
    #[error("the switch cannot be reached; try again in a moment")]
    SwitchDown,
}

impl PreviewProblem {
    /// Its code in the API.
    pub fn code(self) -> &'static str {
        match self {
            PreviewProblem::Over => "preview_over",
            PreviewProblem::Ended(_) => "lead_not_dialled",
            PreviewProblem::MustDial => "must_dial",
            PreviewProblem::SkipsUsedUp { .. } => "skips_used_up",
            PreviewProblem::NoLine => "no_line",
            PreviewProblem::StoreLagging => "store_lagging",
            PreviewProblem::SwitchDown => "switch_down",
        }
    }
}

/// What keeps another party out of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetProblem {
    /// The sender named themselves.
    #[error("this is you: choose a colleague")]
    OwnPhone,
    /// The colleague is not on the floor.
    #[error("this colleague has no desk phone")]
    NoPhone,
    /// The colleague is not free.
    #[error("this colleague is not ready for a call now")]
    NotReady,
    /// Their forwarding leads back to the sender.
    #[error("this colleague forwards calls to you")]
    ForwardsToYou,
    /// Their forwarding leads back to them.
    #[error("the forwarding of this colleague leads round in a circle")]
    ForwardsInCircle,
    /// More hops than are followed.
    #[error("the call was forwarded from one to the next too often")]
    ForwardedTooOften,
    /// A queue is entered by a transfer, not by forwarding.
    #[error("a call cannot be forwarded to a queue")]
    ForwardsToQueue,
    /// There is no way out for the call.
    #[error("the campaign of this call is gone, and with it its trunk")]
    TrunkGone,
    /// As many calls as the trunk takes.
    #[error("the trunk takes no more calls at this moment; try again")]
    TrunkFull,
    /// Nobody answers for a queue.
    #[error("a queue cannot be asked first: hand the call over to it")]
    QueueNotAsked,
    /// It takes no callers now.
    #[error("this queue is closed")]
    QueueClosed,
    /// The kept place is not there any more.
    #[error("this place is not kept any more")]
    PlaceGone,
    /// There is nothing to listen to.
    #[error("this agent has no conversation now")]
    NoConversation,
    /// Nobody of that id is on the floor.
    #[error("there is no such agent")]
    NoSuchAgent,
    /// Nobody listens to themselves.
    #[error("this is your own call")]
    OwnCall,
    /// Only a listener can take over.
    #[error("listen to the call first, then take it over")]
    ListenFirst,
    /// The call is between two agents.
    #[error("a transfer of this call is under way: wait for its end")]
    TransferUnderWay,
    /// The third was engaged.
    #[error("the other is busy; the customer is back")]
    Busy,
    /// The third refused the call.
    #[error("the other refused; the customer is back")]
    Rejected,
    /// The third let it ring.
    #[error("the other did not answer; the customer is back")]
    NoAnswer,
    /// There is no way to the third.
    #[error("the other cannot be reached; the customer is back")]
    Unreachable,
    /// The third hung up before the transfer was done.
    #[error("the other hung up; the customer is back")]
    LeftEarly,
    /// The switch failed.
    #[error("the switch could not connect the other; the customer is back")]
    Failed,
}

impl TargetProblem {
    /// Its code in the API.
    pub fn code(self) -> &'static str {
        match self {
            TargetProblem::OwnPhone => "this_is_you",
            TargetProblem::NoPhone => "no_desk_phone",
            TargetProblem::NotReady => "colleague_not_ready",
            TargetProblem::ForwardsToYou => "forwards_to_you",
            TargetProblem::ForwardsInCircle => "forwards_in_circle",
            TargetProblem::ForwardedTooOften => "forwarded_too_often",
            TargetProblem::ForwardsToQueue => "forwards_to_queue",
            TargetProblem::TrunkGone => "trunk_gone",
            TargetProblem::TrunkFull => "trunk_full",
            TargetProblem::QueueNotAsked => "queue_not_asked",
            TargetProblem::QueueClosed => "queue_closed",
            TargetProblem::PlaceGone => "place_gone",
            TargetProblem::NoConversation => "no_conversation",
            TargetProblem::NoSuchAgent => "no_such_agent",
            TargetProblem::OwnCall => "own_call",
            TargetProblem::ListenFirst => "listen_first",
            TargetProblem::TransferUnderWay => "transfer_under_way",
            TargetProblem::Busy => "third_busy",
            TargetProblem::Rejected => "third_rejected",
            TargetProblem::NoAnswer => "third_no_answer",
            TargetProblem::Unreachable => "third_unreachable",
            TargetProblem::LeftEarly => "third_left",
            TargetProblem::Failed => "third_failed",
        }
    }
}

/// What would be right in the agent's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Hint {
    /// The make of the phone takes no such request.
    #[error("this desk phone cannot be asked to answer: pick it up")]
    PickUp,
    /// No leg to end.
    #[error("there is no conversation to hang up")]
    NothingToHangUp,
    /// Nothing to answer.
    #[error("the desk phone does not ring")]
    NotRinging,
    /// Nothing to resume.
    #[error("the customer does not hear music")]
    NotOnHold,
    /// Nothing to swap, complete or cancel.
    #[error("no transfer is under way that this fits")]
    NoTransfer,
    /// Nothing to mask.
    #[error("nothing is being recorded")]
    NotRecording,
    /// There is no customer.
    #[error("this needs a conversation with a customer")]
    NoConversation,
    /// Nobody is logged in.
    #[error("log in first")]
    LogInFirst,
    /// The phone might be needed for a call.
    #[error("pause first: your phone is needed for listening")]
    PauseFirst,
}

impl Hint {
    /// Its code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Hint::PickUp => "pick_up_by_hand",
            Hint::NothingToHangUp => "nothing_to_hang_up",
            Hint::NotRinging => "phone_not_ringing",
            Hint::NotOnHold => "not_on_hold",
            Hint::NoTransfer => "no_transfer",
            Hint::NotRecording => "not_recording",
            Hint::NoConversation => "no_conversation_yet",
            Hint::LogInFirst => "log_in_first",
            Hint::PauseFirst => "pause_first",
        }
    }
}
