-- CreateIndex
CREATE INDEX "Grant_guildId_state_number_idx" ON "Grant"("guildId", "state", "number");

-- CreateIndex
CREATE INDEX "Grant_guildId_planId_state_number_idx" ON "Grant"("guildId", "planId", "state", "number");
