import SpillwayCore

/// The part of a task's state record that says what came before its newest attempt, and what follows.
extension JSONWriter {
    mutating func write(lifeOf task: TaskRecord) {
        self.write(UInt8(ascii: "["))
        self.write(task.tokenOffset)
        self.write(UInt8(ascii: ","))
        self.write(task.causeOffset)
        self.write(UInt8(ascii: ","))
        self.write(task.nextOrdinal)
        self.write(UInt8(ascii: ","))
        self.write(task.expectedWaitSeconds)
        if task.standing != .running || task.retries > 0 || !task.targets.isEmpty || !task.lapsed.isEmpty
            || !task.chain.isEmpty || task.result != nil
        {
            self.write(historyOf: task)
        }
        self.write(UInt8(ascii: "]"))
    }

    private mutating func write(historyOf task: TaskRecord) {
        switch task.standing {
        case .running: self.write(",0,null,")
        case .waiting(let until):
            self.write(",1,")
            self.write(until)
            self.write(UInt8(ascii: ","))
        case .held(let reason):
            self.write(",2,")
            self.write(quoted: reason.rawValue)
            self.write(UInt8(ascii: ","))
        case .completed: self.write(",3,null,")
        case .failed(let reason):
            self.write(",4,")
            self.write(quoted: reason)
            self.write(UInt8(ascii: ","))
        case .cancelled: self.write(",5,null,")
        case .dropped: self.write(",6,null,")
        }
        self.write(task.retries)
        self.write(",[")
        for index in task.targets.indices { self.write(task.targets[index], isFirst: index == 0) }
        self.write("],[")
        for index in task.lapsed.indices { self.write(task.lapsed[index], isFirst: index == 0) }
        self.write("],[")
        for index in task.chain.indices { self.write(task.chain[index], isFirst: index == 0) }
        self.write(UInt8(ascii: "]"))
        if let result = task.result {
            self.write(UInt8(ascii: ","))
            self.write(result.span)
        }
    }

    private mutating func write(_ target: TargetRecord, isFirst: Bool) {
        self.write(isFirst ? "[" : ",[")
        self.write(quoted: target.datacenterID)
        self.write(UInt8(ascii: ","))
        self.write(quoted: target.runtime)
        self.write(UInt8(ascii: ","))
        self.write(target.executions)
        self.write(UInt8(ascii: ","))
        self.write(target.refusals)
        self.write(UInt8(ascii: ","))
        self.write(target.refusedAt)
        self.write(UInt8(ascii: ","))
        self.write(target.isUnknown)
        self.write(UInt8(ascii: ","))
        self.write(target.isCounted)
        self.write(UInt8(ascii: "]"))
    }

    private mutating func write(_ lapsed: LapsedAttempt, isFirst: Bool) {
        self.write(isFirst ? "[" : ",[")
        self.write(lapsed.attempt)
        self.write(UInt8(ascii: ","))
        self.write(lapsed.tokenOffset)
        self.write(UInt8(ascii: ","))
        self.write(lapsed.tokenOrdinal)
        self.write(UInt8(ascii: ","))
        self.write(quoted: lapsed.datacenterID)
        self.write(UInt8(ascii: ","))
        self.write(quoted: lapsed.runtime)
        self.write(UInt8(ascii: "]"))
    }

    private mutating func write(_ entry: ChainEntry, isFirst: Bool) {
        self.write(isFirst ? "[" : ",[")
        if let attempt = entry.attempt { self.write(attempt) } else { self.write("null") }
        self.write(UInt8(ascii: ","))
        self.write(quoted: entry.datacenterID)
        self.write(UInt8(ascii: ","))
        self.write(quoted: entry.runtime)
        self.write(UInt8(ascii: ","))
        self.write(quoted: entry.outcome.rawValue)
        self.write(UInt8(ascii: ","))
        self.write(quoted: entry.error)
        self.write(UInt8(ascii: ","))
        self.write(entry.at)
        self.write(UInt8(ascii: "]"))
    }
}
