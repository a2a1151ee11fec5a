//! Limits, switches and modes in rusqlite's words.

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::wal::CheckpointMode as Mode;

use super::super::Call;
use super::super::connection::frames_row;
use super::{RusqliteConnection, outcome};
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::{CheckpointMode, DbSwitch, LimitName};
use crate::outcome::value::Value;

impl RusqliteConnection {
    /// `Connection::limit` or `set_limit`: the limit before the call.
    pub(crate) fn limit(&self, limit: LimitName, value: i32) -> Call<Value> {
        let limit = match limit {
            LimitName::Length => Limit::SQLITE_LIMIT_LENGTH,
            LimitName::SqlLength => Limit::SQLITE_LIMIT_SQL_LENGTH,
            LimitName::Column => Limit::SQLITE_LIMIT_COLUMN,
            LimitName::ExprDepth => Limit::SQLITE_LIMIT_EXPR_DEPTH,
            LimitName::CompoundSelect => Limit::SQLITE_LIMIT_COMPOUND_SELECT,
            LimitName::VdbeOp => Limit::SQLITE_LIMIT_VDBE_OP,
            LimitName::FunctionArg => Limit::SQLITE_LIMIT_FUNCTION_ARG,
            LimitName::Attached => Limit::SQLITE_LIMIT_ATTACHED,
            LimitName::LikePatternLength => Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH,
            LimitName::VariableNumber => Limit::SQLITE_LIMIT_VARIABLE_NUMBER,
            LimitName::TriggerDepth => Limit::SQLITE_LIMIT_TRIGGER_DEPTH,
            LimitName::WorkerThreads => Limit::SQLITE_LIMIT_WORKER_THREADS,
            other @ (LimitName::ParserDepth | LimitName::Schema | LimitName::TriggerSteps) => {
                return Err(Outcome::Refused(format!("rusqlite has no limit {}", other.name())));
            }
        };
        let connection = self.get();
        let before = if value < 0 { connection.limit(limit) } else { connection.set_limit(limit, value) };
        before.map(|n| Value::Integer(n.into())).map_err(outcome)
    }

    /// `Connection::db_config` or `set_db_config`: the state after the call.
    pub(crate) fn switch(&self, switch: DbSwitch, value: i32) -> Call<Value> {
        let config = match switch {
            DbSwitch::EnableFkey => DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY,
            DbSwitch::EnableTrigger => DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
            DbSwitch::EnableFts3Tokenizer => DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER,
            DbSwitch::NoCkptOnClose => DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
            DbSwitch::EnableQpsg => DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG,
            DbSwitch::TriggerEqp => DbConfig::SQLITE_DBCONFIG_TRIGGER_EQP,
            DbSwitch::ResetDatabase => DbConfig::SQLITE_DBCONFIG_RESET_DATABASE,
            DbSwitch::Defensive => DbConfig::SQLITE_DBCONFIG_DEFENSIVE,
            DbSwitch::WritableSchema => DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA,
            DbSwitch::LegacyAlterTable => DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE,
            DbSwitch::DqsDml => DbConfig::SQLITE_DBCONFIG_DQS_DML,
            DbSwitch::DqsDdl => DbConfig::SQLITE_DBCONFIG_DQS_DDL,
            DbSwitch::EnableView => DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW,
            DbSwitch::LegacyFileFormat => DbConfig::SQLITE_DBCONFIG_LEGACY_FILE_FORMAT,
            DbSwitch::TrustedSchema => DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA,
            DbSwitch::StmtScanstatus => DbConfig::SQLITE_DBCONFIG_STMT_SCANSTATUS,
            DbSwitch::ReverseScanorder => DbConfig::SQLITE_DBCONFIG_REVERSE_SCANORDER,
            other => return Err(Outcome::Refused(format!("rusqlite has no switch {}", other.name()))),
        };
        let connection = self.get();
        let state = match value {
            -1 => connection.db_config(config),
            value => connection.set_db_config(config, value != 0),
        };
        state.map(|on| Value::Integer(on.into())).map_err(outcome)
    }

    /// `Connection::wal_checkpoint_v2`
    pub(crate) fn wal_checkpoint(&self, mode: CheckpointMode, schema: Option<&str>) -> Call<Outcome> {
        let mode = match mode {
            CheckpointMode::Passive => Mode::PASSIVE,
            CheckpointMode::Full => Mode::FULL,
            CheckpointMode::Restart => Mode::RESTART,
            CheckpointMode::Truncate => Mode::TRUNCATE,
            CheckpointMode::Noop => {
                return Err(Outcome::Refused("rusqlite has no checkpoint of the mode `noop`".to_owned()));
            }
        };
        let (frames, checkpointed) = self.get().wal_checkpoint_v2(schema, mode).map_err(outcome)?;
        Ok(frames_row(frames, checkpointed))
    }
}
