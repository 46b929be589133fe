/// Cores that come free at times, in order of time. Entries of the same time are one.
///
/// Kept in pieces of bounded length with their sums, so that neither a change nor a question walks over all of it.
struct CoresTimeline: Sendable {
    struct Entry: Equatable, Sendable {
        var time: Double
        var cores: Int
    }

    /// A piece is split when it has so many entries.
    private static var pieceLimit: Int { 256 }

    private var pieces: [[Entry]] = []
    /// The last time of each piece, and its cores.
    private var lasts: [Double] = []
    private var sums: [Int] = []
    /// Emptied pieces, for their memory.
    private var spare: [[Entry]] = []
    private(set) var totalCores = 0

    var isEmpty: Bool { self.pieces.isEmpty }

    mutating func insert(_ cores: Int, at time: Double) {
        guard cores > 0 else { return }
        self.totalCores += cores
        if self.pieces.isEmpty {
            self.addPiece(at: 0)
            self.pieces[0].append(Entry(time: time, cores: cores))
            self.lasts[0] = time
            self.sums[0] = cores
            return
        }
        // What lies behind everything goes to the last piece.
        let piece = min(self.piece(notBefore: time), self.pieces.count - 1)
        let index = Self.index(in: self.pieces[piece], notBefore: time)
        self.sums[piece] += cores
        if index < self.pieces[piece].count, self.pieces[piece][index].time == time {
            self.pieces[piece][index].cores += cores
            return
        }
        self.pieces[piece].insert(Entry(time: time, cores: cores), at: index)
        if time > self.lasts[piece] { self.lasts[piece] = time }
        if self.pieces[piece].count >= Self.pieceLimit { self.split(piece) }
    }

    /// Takes cores out again. The time must be the very number that they were inserted with.
    mutating func remove(_ cores: Int, at time: Double) {
        guard cores > 0 else { return }
        let piece = self.piece(notBefore: time)
        guard piece < self.pieces.count else { return }
        let index = Self.index(in: self.pieces[piece], notBefore: time)
        guard index < self.pieces[piece].count, self.pieces[piece][index].time == time else { return }
        self.totalCores -= cores
        self.sums[piece] -= cores
        self.pieces[piece][index].cores -= cores
        guard self.pieces[piece][index].cores <= 0 else { return }
        self.pieces[piece].remove(at: index)
        if let last = self.pieces[piece].last {
            self.lasts[piece] = last.time
        } else {
            self.spare.append(self.pieces.remove(at: piece))
            self.lasts.remove(at: piece)
            self.sums.remove(at: piece)
        }
    }

    mutating func removeAll() {
        while var piece = self.pieces.popLast() {
            piece.removeAll(keepingCapacity: true)
            self.spare.append(piece)
        }
        self.lasts.removeAll(keepingCapacity: true)
        self.sums.removeAll(keepingCapacity: true)
        self.totalCores = 0
    }

    /// The cores that come free up to a time, that included.
    func cores(upTo time: Double) -> Int {
        let piece = self.piece(notBefore: time)
        var cores = 0
        for before in 0..<piece { cores += self.sums[before] }
        guard piece < self.pieces.count else { return cores }
        for entry in self.pieces[piece] {
            if entry.time > time { break }
            cores += entry.cores
        }
        return cores
    }

    /// The cores that come free after one time, up to another.
    func cores(after start: Double, upTo end: Double) -> Int {
        var position = self.position(after: start)
        var cores = 0
        while position.piece < self.pieces.count {
            if self.lasts[position.piece] <= end {
                cores += self.sum(from: position)
                position = Position(piece: position.piece + 1, index: 0)
            } else {
                return cores + self.sum(from: position, upTo: end).cores
            }
        }
        return cores
    }

    /// The first entry after a time.
    func first(after time: Double) -> Entry? {
        let position = self.position(after: time)
        return position.piece < self.pieces.count ? self.pieces[position.piece][position.index] : nil
    }

    /// The first time after `start` by which so many cores have come free in two timelines together, and how many have by
    /// then. `nil`: never.
    static func firstTime(
        freeing cores: Int, after start: Double, in one: borrowing CoresTimeline, and other: borrowing CoresTimeline
    ) -> (time: Double, cores: Int)? {
        if cores <= 0 { return (start, 0) }
        var sum = 0
        var first = one.position(after: start)
        var second = other.position(after: start)
        while true {
            let isFirstOver = first.piece >= one.pieces.count
            let isSecondOver = second.piece >= other.pieces.count
            if isFirstOver, isSecondOver { return nil }
            // While even all of both pieces doesn't suffice, the one that ends first is passed over whole.
            let firstSum = one.sum(from: first)
            let secondSum = other.sum(from: second)
            if sum + firstSum + secondSum < cores {
                if isSecondOver || (!isFirstOver && one.lasts[first.piece] <= other.lasts[second.piece]) {
                    sum += firstSum
                    first = Position(piece: first.piece + 1, index: 0)
                } else {
                    sum += secondSum
                    second = Position(piece: second.piece + 1, index: 0)
                }
                continue
            }
            // So is what lies before the end of the one that ends first.
            let end = min(one.last(of: first), other.last(of: second))
            let (firstNext, firstPart) = one.sum(from: first, upTo: end)
            let (secondNext, secondPart) = other.sum(from: second, upTo: end)
            if sum + firstPart + secondPart < cores {
                sum += firstPart + secondPart
                (first, second) = (firstNext, secondNext)
                continue
            }
            // It is among these: one time after the other.
            while true {
                let firstTime = one.time(at: first)
                let secondTime = other.time(at: second)
                let time = firstTime.map { min($0, secondTime ?? $0) } ?? secondTime
                guard let time else { return nil }
                if firstTime == time {
                    sum += one.pieces[first.piece][first.index].cores
                    one.step(&first)
                }
                if secondTime == time {
                    sum += other.pieces[second.piece][second.index].cores
                    other.step(&second)
                }
                if sum >= cores { return (time, sum) }
            }
        }
    }

    /// Every entry, in order.
    func forEach(_ body: (Entry) -> Void) {
        for piece in self.pieces { for entry in piece { body(entry) } }
    }

    // MARK: - Pieces

    private struct Position {
        var piece: Int
        var index: Int
    }

    private func position(after time: Double) -> Position {
        var low = 0
        var high = self.lasts.count
        while low < high {
            let middle = (low + high) / 2
            if self.lasts[middle] <= time { low = middle + 1 } else { high = middle }
        }
        guard low < self.pieces.count else { return Position(piece: low, index: 0) }
        let piece = low
        low = 0
        high = self.pieces[piece].count
        while low < high {
            let middle = (low + high) / 2
            if self.pieces[piece][middle].time <= time { low = middle + 1 } else { high = middle }
        }
        return Position(piece: piece, index: low)
    }

    private func time(at position: Position) -> Double? {
        position.piece < self.pieces.count ? self.pieces[position.piece][position.index].time : nil
    }

    private func last(of position: Position) -> Double {
        position.piece < self.pieces.count ? self.lasts[position.piece] : .infinity
    }

    /// Cores from a position on up to a time, within its piece, and where that ends.
    private func sum(from position: Position, upTo time: Double) -> (next: Position, cores: Int) {
        guard position.piece < self.pieces.count else { return (position, 0) }
        var cores = 0
        var index = position.index
        while index < self.pieces[position.piece].count, self.pieces[position.piece][index].time <= time {
            cores += self.pieces[position.piece][index].cores
            index += 1
        }
        guard index == self.pieces[position.piece].count else {
            return (Position(piece: position.piece, index: index), cores)
        }
        return (Position(piece: position.piece + 1, index: 0), cores)
    }

    private func step(_ position: inout Position) {
        position.index += 1
        if position.index >= self.pieces[position.piece].count {
            position.piece += 1
            position.index = 0
        }
    }

    /// Cores of a piece from a position on.
    private func sum(from position: Position) -> Int {
        guard position.piece < self.pieces.count else { return 0 }
        var sum = self.sums[position.piece]
        for index in 0..<position.index { sum -= self.pieces[position.piece][index].cores }
        return sum
    }

    private func piece(notBefore time: Double) -> Int {
        var low = 0
        var high = self.lasts.count
        while low < high {
            let middle = (low + high) / 2
            if self.lasts[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func index(in piece: [Entry], notBefore time: Double) -> Int {
        var low = 0
        var high = piece.count
        while low < high {
            let middle = (low + high) / 2
            if piece[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func addPiece(at index: Int) {
        var piece = self.spare.popLast() ?? []
        piece.reserveCapacity(Self.pieceLimit)
        self.pieces.insert(piece, at: index)
        self.lasts.insert(-.infinity, at: index)
        self.sums.insert(0, at: index)
    }

    private mutating func split(_ piece: Int) {
        self.addPiece(at: piece + 1)
        let half = self.pieces[piece].count / 2
        var moved = 0
        for index in half..<self.pieces[piece].count {
            let entry = self.pieces[piece][index]
            self.pieces[piece + 1].append(entry)
            moved += entry.cores
        }
        self.pieces[piece].removeSubrange(half...)
        self.lasts[piece + 1] = self.lasts[piece]
        self.lasts[piece] = self.pieces[piece][half - 1].time
        self.sums[piece + 1] = moved
        self.sums[piece] -= moved
    }
}
