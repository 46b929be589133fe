/// What all lanes of a process share: the fleet with its reservations, circuits and statistics of what was sent to it,
/// and the counts that `limits` bound.
///
/// A lane is lent it for the length of one step; who lends it holds a lock (design section 4, "Reservations").
package struct Instance: Sendable {
    /// The view of the datacenters and the cores that decisions have taken.
    package var fleet: Fleet
    /// Jobs that haven't ended, or whose last lease hasn't.
    package internal(set) var openJobs = 0
    /// Tasks that are held here, those of held slots included.
    package internal(set) var heldTasks = 0
    /// Ids of ended jobs that are remembered.
    package internal(set) var endedJobs = 0
    /// How tasks fared, by datacenter and runtime.
    package internal(set) var statistics = RuntimeStatistics()

    var circuits = Circuits()
    /// When the floor of `evacuation.floor_per_second` lets the next task of a lost datacenter go to queue.
    var evacuationFloors: [String: UnixSeconds] = [:]
    /// Whose work leaves lost datacenters first.
    var evacuationOrder = EvacuationOrder()

    /// An instance that has decided nothing yet.
    package init(fleet: Fleet) {
        self.fleet = fleet
    }

    /// Circuits that aren't closed, by datacenter and runtime, in order.
    package var circuitStates: [(target: PlacementRequest.Target, state: CircuitState)] { self.circuits.states }

    /// When a cool-down ends next, which may give a held job its place. `nil`: none runs.
    package var nextCircuitChange: UnixSeconds? {
        self.circuits.nextChange < .infinity ? self.circuits.nextChange : nil
    }

    /// Lets time pass for circuits: those that have cooled down let one probe through.
    package mutating func advanceCircuits(to now: UnixSeconds) {
        guard now >= self.circuits.nextChange else { return }
        for target in self.circuits.coolDown(to: now) {
            self.fleet.setCircuitOpen(target.datacenterID, runtime: target.runtime, false)
        }
    }
}
