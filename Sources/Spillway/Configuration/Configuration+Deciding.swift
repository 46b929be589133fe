package import SpillwayCore

extension Configuration {
    /// What the fleet view needs to know.
    package var fleetSettings: FleetSettings {
        var settings = FleetSettings()
        settings.staleness = self.fleet.staleness.inSeconds
        settings.heartbeatInterval = self.fleet.heartbeatInterval.inSeconds
        settings.panicShare = self.fleet.panicShare
        settings.lostIntervals = self.fleet.lostIntervals
        settings.panicLimit = self.fleet.panicLimit.inSeconds
        settings.forgetAfter = self.fleet.forgetAfter.inSeconds
        settings.healthHoldDown = self.fleet.healthHoldDown.inSeconds
        for (name, datacenter) in self.fleet.datacenters.sorted(by: { $0.key < $1.key }) {
            settings.datacenters.append(
                ConfiguredDatacenter(
                    name: name, rttMilliseconds: datacenter.rttMilliseconds,
                    managers: datacenter.managers > 0 ? datacenter.managers : nil, isDrained: datacenter.drained))
        }
        return settings
    }

    /// What retry budgets are made of.
    package var retryBudgetSettings: RetryBudgetSettings {
        var settings = RetryBudgetSettings()
        settings.default = self.retryBudget.default
        settings.max = self.retryBudget.max
        settings.perWorkflowDefault = self.retryBudget.perWorkflowDefault
        settings.perWorkflowMax = self.retryBudget.perWorkflowMax
        return settings
    }

    /// How best-effort jobs end.
    package var bestEffortSettings: BestEffortSettings {
        var settings = BestEffortSettings()
        settings.defaultMinDCs = self.bestEffort.defaultMinDCs
        settings.defaultDeadlineSeconds = self.bestEffort.defaultDeadline.inSeconds
        settings.lateResultPolicy = self.bestEffort.lateResultPolicy == .updateResult ? .updateResult : .logOnly
        return settings
    }

    /// What placements need to know.
    package var placementSettings: PlacementSettings {
        var settings = PlacementSettings()
        settings.spilloverEnabled = self.spillover.enabled
        settings.maxWaitSeconds = self.spillover.maxWait.inSeconds
        settings.maxLatencyPenaltyMilliseconds = self.spillover.maxLatencyPenaltyMilliseconds
        settings.minImprovementRatio = self.spillover.minImprovementRatio
        settings.considersFutureCapacity = self.spillover.considerFutureCapacity
        settings.runtimeOrder = self.runtimes.order
        settings.taskTypes = self.runtimes.taskTypes
        settings.candidateLimit = self.decisions.candidates
        return settings
    }
}
