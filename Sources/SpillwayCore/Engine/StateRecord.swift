/// What the changelog says of one key, so that a lane's state can be restored (design section 2, `state`).
///
/// A job has one record at its own key and, once a task has changed after its first dispatch, one for that task. A task
/// that has a record of its own is not repeated in the job's, so that a result is written once.
package enum StateRecord: Equatable, Sendable {
    /// A job that hasn't ended, or whose last lease hasn't.
    case job(JobRecord)
    /// One of its tasks: what the job's record says of it is older.
    case task(jobID: String, TaskRecord)
    /// A job that has ended; its id is remembered against repetitions.
    case ended(jobID: String, at: UnixSeconds)
}
