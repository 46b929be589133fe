/// What all lanes of a process share: the fleet with its reservations, and the counts that `limits` bound.
///
/// A lane is lent it for the length of one step; who lends it holds a lock (design section 4, "Reservations").
package struct Instance: Sendable {
    /// The view of the datacenters and the cores that decisions have taken.
    package var fleet: Fleet
    /// Jobs that are held here.
    package var openJobs = 0
    /// Slots' tasks that are held here.
    package var heldTasks = 0
    /// Ids of ended jobs that are remembered.
    package var endedJobs = 0

    /// An instance that has decided nothing yet.
    package init(fleet: Fleet) {
        self.fleet = fleet
    }
}
