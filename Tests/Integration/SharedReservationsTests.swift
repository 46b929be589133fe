import Testing

extension IntegrationTests {
    /// Two instances that send work to the same datacenters inside one heartbeat interval: what one has sent the other
    /// knows from `views`, so that beyond the delay of that exchange no more is sent than is free (design section 4).
    @Suite(.serialized, .timeLimit(.minutes(5)), onBroker) struct SharedReservationsTests {
        private static let room = InstancePair.room

        @Test func `Two instances fill a datacenter together to its last core, and what comes then waits`() throws {
            let pair = try InstancePair("shared")
            let datacenters = ["dc-a", "dc-b"]
            // Half of the room at once: whatever each of them knows of the other, it fits.
            var half: [PlainJob] = []
            for datacenter in datacenters { half += pair.jobsOfBoth(32, datacenter: datacenter, cores: 3) }
            pair.check(try pair.submit(half))
            for datacenter in datacenters {
                #expect(pair.ledger.cores(in: datacenter) == 96)
                try pair.exchanged(datacenter)
                let views = try pair.views(datacenter)
                #expect(views.values.reduce(0, +) == 96)
                for router in pair.routers { #expect(router.partitions.contains { views[$0] ?? 0 > 0 }, "\(views)") }
            }
            // Then by turns, each when both have seen the turn before, and more than twice what is left. Only one of them
            // sends at a time and it knows all, so the bound is exact: as many jobs as there is room for, not one more.
            let most = Self.room - Self.room % 3
            for turn in 0..<8 {
                let partitions = pair.routers[turn % 2].partitions
                for datacenter in datacenters {
                    let known = pair.ledger.cores(in: datacenter)
                    let jobs = pair.jobs(15, on: partitions, datacenter: datacenter, cores: 3)
                    pair.check(try pair.submit(jobs), knowing: known)
                    #expect(pair.ledger.cores(in: datacenter) == min(known + 45, most), "turn \(turn)")
                    try pair.exchanged(datacenter)
                    for ratio in pair.ratios(datacenter) { #expect(ratio <= 1, "turn \(turn)") }
                }
            }
            for datacenter in datacenters {
                #expect(pair.ledger.cores(in: datacenter) == most)
                #expect(pair.ledger.cores(in: datacenter, "queue") == 96 + 8 * 45 - most)
                #expect(pair.ratios(datacenter).max() == Double(most) / Double(Self.room))
            }
            try pair.finish()
        }

        @Test
        func `A killed instance leaves no ghost: its cores count once for who takes over, and for who comes later`()
            throws
        {
            let pair = try InstancePair("ghost")
            let datacenter = "dc-a"
            let half = pair.jobsOfBoth(32, datacenter: datacenter, cores: 3)
            try pair.submit(half)
            try pair.exchanged(datacenter)
            let dead = pair.routers[1].partitions
            pair.routers.removeLast().process.kill()
            let survivor = pair.routers[0]
            try #require(
                survivor.hasPartitions(pair.setup.partitions, within: InstancePair.patience), "\(survivor.lastWords)")
            try pair.settled(datacenter)
            // Twice what is left: were the dead one's cores forgotten, more would be sent; were they counted twice, less.
            let more = pair.jobs(70, on: survivor.partitions, datacenter: datacenter, cores: 3)
            pair.check(try pair.submit(more), knowing: 96)
            #expect(pair.ledger.cores(in: datacenter) == 198)
            for ratio in pair.ratios(datacenter) { #expect(ratio <= 1) }

            // All ends that waits, and all on the partitions that the dead one had: what it told of them is history.
            let queued = Set(pair.ledger.placed(in: datacenter, "queue").map(\.job_id))
            let over = (half + more).filter { queued.contains($0.id) || dead.contains(pair.home(of: $0)) }
            try LifeFeed(pair.setup, over.map { LifeFeed.cancellation(of: $0.id) }).finish()
            pair.ledger.end(over)
            let left = pair.ledger.cores(in: datacenter)
            #expect(left > 0 && left < 198)
            try pair.exchanged(datacenter)
            // By its name it comes first in the group: the partitions that the dead one had stay with the survivor.
            try pair.add("a")
            #expect(survivor.partitions == dead, "\(survivor.lastWords)")
            try pair.settled(datacenter)
            for turn in 0..<4 {
                let known = pair.ledger.cores(in: datacenter)
                let jobs = pair.jobs(20, on: pair.routers[turn % 2].partitions, datacenter: datacenter, cores: 3)
                pair.check(try pair.submit(jobs), knowing: known)
                #expect(pair.ledger.cores(in: datacenter) == min(known + 60, 198), "turn \(turn)")
                try pair.exchanged(datacenter)
                for ratio in pair.ratios(datacenter) { #expect(ratio <= 1, "turn \(turn)") }
            }
            #expect(pair.ledger.cores(in: datacenter) == 198)
            try pair.finish()
        }

        @Test func `Who joins an instance that was alone knows what that has sent, and it of what it gives away`()
            throws
        {
            let pair = try InstancePair("join", isAlone: true)
            let datacenter = "dc-a"
            let all = Set((0..<Int32(pair.setup.partitions)))
            pair.check(try pair.submit(pair.jobs(32, on: all, datacenter: datacenter, cores: 3)))
            // Too large for what is left: each is to wait, unless somebody doesn't know that it is taken.
            let large = pair.jobs(300, on: all, datacenter: datacenter, cores: 150)
            let feed = LifeFeed(pair.setup, large.map(\.item), perSecond: 25)
            try pair.add("c")
            let decisions = try #require(try pair.ledger.decisions(for: large, within: 60), "\(pair.lastWords)")
            try feed.finish()
            for router in pair.routers {
                #expect(decisions.contains { router.partitions.contains($0.input.partition) })
            }
            pair.check(decisions, knowing: 96)
            #expect(pair.ledger.cores(in: datacenter) == 96)
            try pair.finish()
        }

        /// Longer than the exchange takes: what is new is told every half second, to which a commit and a read come.
        private static let delay = 1.5

        @Test func `What two instances send beyond the room in a burst, they sent within the delay of the exchange`()
            throws
        {
            let pair = try InstancePair("burst")
            // As fast as it goes, and so that the room lasts for one second and for four.
            for (datacenter, perSecond) in [("dc-a", 1_000_000), ("dc-b", 200), ("dc-c", 50)] {
                let jobs = pair.jobsOfBoth(2 * Self.room, datacenter: datacenter, cores: 1)
                pair.check(try pair.submit(jobs, perSecond: perSecond))
                let figures = BurstFigures(
                    pair.ledger.placed(in: datacenter), room: Self.room, first: pair.routers[0].partitions)
                print(
                    "\(perSecond) a second: \(figures.sent[0]) and \(figures.sent[1]) cores sent for \(Self.room), "
                        + "\(figures.overshoot) too many, by an exchange that took at least \(figures.delay) s")
                // Each by itself is strict.
                for sent in figures.sent { #expect(sent <= Self.room) }
                #expect(figures.sent[0] + figures.sent[1] >= Self.room)
                // Whatever was sent before was known: it counts against the room, to the core.
                #expect(figures.delay <= Self.delay)
                #expect(Double(figures.overshoot) <= Double(perSecond) * Self.delay)
                try pair.exchanged(datacenter)
                let then = pair.ledger.cores(in: datacenter)
                let late = pair.jobsOfBoth(20, datacenter: datacenter, cores: 1)
                pair.check(try pair.submit(late), knowing: then)
                #expect(pair.ledger.cores(in: datacenter) == then)
            }
            try pair.finish()
        }
    }
}
